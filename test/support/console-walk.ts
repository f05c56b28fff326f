import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from './chromium.js';
import { openFakeConsole } from './console.js';
import { furnish } from './console-tour.js';

/** A console that pretends, with something on every screen, and a page of it that scripts may be put into. */
export class ConsoleWalk implements AsyncDisposable {
  private constructor(
    private readonly browser: Browser,
    private readonly fake: Awaited<ReturnType<typeof openFakeConsole>>,
    readonly page: Page,
  ) {}

  static async begin(): Promise<ConsoleWalk> {
    const [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
    // the check is a script put into the page, which the console's own policy rightly forbids
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1200, height: 800 } });
    furnish(fake.host);
    return new ConsoleWalk(browser, fake, await context.newPage());
  }

  get host() {
    return this.fake.host;
  }

  get address(): string {
    return this.fake.console.address;
  }

  /** By the link that opens a session; of a server that is set up it leads to Home. */
  async enter(heading = 'Home'): Promise<void> {
    await this.page.goto(this.fake.link());
    await this.page.reload();
    await this.heading(heading);
  }

  async go(path: string, heading: string): Promise<void> {
    await this.page.goto(`${this.address}#${path}`);
    await this.heading(heading);
  }

  heading = (name: string): Promise<void> => this.page.getByRole('heading', { level: 1, name }).waitFor();
  press = (name: string): Promise<void> => this.page.getByRole('button', { name, exact: true }).click();

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.fake.console.close();
  }
}

/**
 * Begins a walk before the tests of a file and ends it after them.
 *
 * @param begin keeps it
 * @param entered false: nobody has come in by the link yet
 */
export function aroundWalk(begin: (walk: ConsoleWalk) => void, { entered = true } = {}): void {
  let walk: ConsoleWalk | undefined;
  beforeAll(async () => {
    walk = await ConsoleWalk.begin();
    begin(walk);
    if (entered) await walk.enter();
  });
  afterAll(() => walk?.[Symbol.asyncDispose]());
}
