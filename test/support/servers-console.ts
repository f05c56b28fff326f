import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Clock } from '../../src-main/base/clock.js';
import { createOtherServers } from '../../src-main/control/other-servers.js';
import { launchBrowser } from './chromium.js';
import { openFakeConsole } from './console.js';
import { FakeRoom } from './fake-room.js';
import { FakeServerHost } from './fake-server-host.js';
import { type FakeServer, startFederation, type TestFederation } from './federation.js';
import type { TestHomeserver } from './homeserver.js';
import type { TestUser } from './test-client.js';

/** What a console shows of others, over a server that runs. */
const othersOf = (one: TestHomeserver, clock: Clock) =>
  createOtherServers({ ...one.homeserver, clock, saveBlocked: () => undefined, saveAllowed: () => undefined });

/** A server that runs with others on loopback, and the pages of its console about them. */
export class ServersConsole {
  constructor(
    readonly federation: TestFederation,
    readonly one: TestHomeserver,
    readonly alice: TestUser,
    readonly page: Page,
    private readonly address: string,
    private readonly clock: Clock,
  ) {}

  others = () => othersOf(this.one, this.clock);

  /** Goes to a place from outside, so that it is built anew. */
  async open(path: string, heading: string): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(`${this.address}#${path}`);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** A server that shares a room with ours. */
  async sharing(name: string): Promise<{ fake: FakeServer; room: FakeRoom }> {
    const fake = await this.federation.fakeServer(name);
    const room = new FakeRoom(fake, '12').letIn();
    fake.on('PUT', /\/send\//, { body: { pdus: {} } });
    await this.alice.join(room.roomId, name);
    return { fake, room };
  }
}

/**
 * Opens it before the stories of a file and closes it after them.
 *
 * @param begin keeps it
 * @param clock the console's
 * @param isServersToo it is the server's clock as well
 */
export function aroundServers(
  begin: (story: ServersConsole) => void,
  { clock, isServersToo }: { clock: Clock; isServersToo: boolean },
): void {
  const open = new AsyncDisposableStack();
  beforeAll(async () => {
    const browser = await launchBrowser();
    open.defer(() => browser.close());
    const federation = await startFederation(['hs1.test'], isServersToo ? { clock } : {});
    open.defer(() => federation.stop());
    const one = federation.server('hs1.test');
    const alice = await one.register('alice');
    class RealHost extends FakeServerHost {
      override otherServers() {
        return othersOf(one, clock);
      }
    }
    const { console, link } = await openFakeConsole((events) => new RealHost(events));
    open.defer(() => console.close());
    // the look for what hinders people is a script put into the page, which the console's own policy rightly forbids
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1200, height: 900 },
      bypassCSP: true,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(link());
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    begin(new ServersConsole(federation, one, alice, page, console.address, clock));
  }, 60_000);
  afterAll(() => open.disposeAsync());
}
