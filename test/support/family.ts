import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Agent } from 'undici';
import { afterAll, beforeAll } from 'vitest';
import type { DiskSpaceOf } from '../../src-main/control/setup/folder-check.js';
import { launchBrowser } from './chromium.js';
import { TestHeadless } from './headless.js';
import { MovingClock } from './moving-clock.js';
import { ResponseCheck } from './openapi.js';
import { sessionOf, type Target, TestClient, TestUser } from './test-client.js';

const PASSWORD = 'correct horse battery';

interface FamilyOptions extends BrowserContextOptions {
  /** for the server's data; one of its own unless said */
  readonly folder?: string;
  /** of any disk; room enough unless said */
  readonly diskSpace?: DiskSpaceOf;
}

/** A family's server that was set up at home, its console in a browser, and people with apps. */
export class TestFamily implements Target {
  readonly dispatcher = new Agent({ pipelining: 1, connections: 64 });
  readonly responses = new ResponseCheck([]);

  private constructor(
    readonly hearth: TestHeadless,
    readonly clock: MovingClock,
    readonly page: Page,
    public url: string,
  ) {}

  static async open(browser: Browser, { folder, diskSpace, ...look }: FamilyOptions = {}) {
    const clock = new MovingClock();
    const hearth = await TestHeadless.start({ withPages: true, clock, ...(diskSpace && { diskSpace }) });
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 }, ...look });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const family = new TestFamily(hearth, clock, page, '');
    await family.ask('setup.finish', {
      mode: 'home',
      folder: folder ?? join(hearth.home, 'data'),
      serverName: 'family.test',
      acceptsPrivateName: true,
      admin: { localpart: 'alex', password: PASSWORD },
    });
    await family.ask('setup.complete');
    await family.findDoor();
    await page.goto(hearth.running.link());
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    return family;
  }

  /** What the console would get. @throws Error with what it says otherwise */
  async ask<T>(name: string, input?: unknown): Promise<T> {
    const result = await this.hearth.call(name, input);
    if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`);
    return result.value as T;
  }

  /** Where people's apps find the server, which may change when it starts again. */
  async findDoor(): Promise<void> {
    const { listeners } = await this.hearth.running.host.status();
    this.url = `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}`;
  }

  get stranger(): TestClient {
    return new TestClient(this);
  }

  /** @throws Error with what the server says otherwise */
  async signIn(user: string, password: string = PASSWORD, device = `${user}'s phone`): Promise<TestUser> {
    const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
    const session = await this.stranger.ok('POST', '/login', {
      body: { ...body, initial_device_display_name: device },
    });
    return new TestUser(this, sessionOf(session, password));
  }

  /** An account that an administrator made, signed in on a phone. */
  async add(localpart: string, displayName?: string): Promise<TestUser> {
    const named = displayName === undefined ? {} : { displayName };
    const { password } = await this.ask<{ password: string }>('people.create', { localpart, isAdmin: false, ...named });
    return this.signIn(localpart, password);
  }

  /** Goes to a place of the console, and waits for its heading. */
  async go(path: string, heading: string): Promise<void> {
    await this.page.goto(`${this.hearth.running.console.address}#${path}`);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    await this.hearth[Symbol.asyncDispose]();
    await this.dispatcher.close();
  }
}

/** A family for all stories of a file, with the page of their console. */
export interface FamilyStory {
  readonly browser: Browser;
  readonly family: TestFamily;
  readonly page: Page;
}

/** Opens it before the stories and closes it after them. @param begin keeps it, and does what comes before the first */
export function aroundFamily(
  begin: (story: FamilyStory) => void | Promise<void>,
  options: Pick<FamilyOptions, 'diskSpace'> = {},
): void {
  let story: FamilyStory | undefined;
  beforeAll(async () => {
    const browser = await launchBrowser();
    const family = await TestFamily.open(browser, options);
    story = { browser, family, page: family.page };
    await begin(story);
  }, 60_000);
  afterAll(async () => {
    await story?.browser.close();
    await story?.family[Symbol.asyncDispose]();
  });
}
