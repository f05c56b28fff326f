import { type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src-main/base/clock.js';
import { createReachDesk } from '../../src-main/control/desks/reach.js';
import { createOtherServers } from '../../src-main/control/other-servers.js';
import type { ControlEvents } from '../../src-main/control/procedure.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { OWN, PARTNER, startReach, type TestReach } from '../support/reach.js';

/** A console over a server that runs, with its web site and another server on loopback. */
class RealHost extends FakeServerHost {
  constructor(
    events: ControlEvents,
    private readonly real: TestReach,
  ) {
    super(events);
    real.server.homeserver.reach.onChange(() => events.announce('reach.changed'));
  }

  override reach() {
    const { config, reach } = this.homeserver;
    return createReachDesk(config.serverName, reach);
  }

  override otherServers() {
    return createOtherServers({
      ...this.homeserver,
      clock: systemClock,
      saveBlocked: () => undefined,
      saveAllowed: () => undefined,
    });
  }

  private get homeserver() {
    return this.real.server.homeserver;
  }
}

let browser: Browser;
let page: Page;
let reach: TestReach;
let opened: Awaited<ReturnType<typeof openFakeConsole>>;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
afterEach(async () => {
  await page?.context().close();
  await opened?.console.close();
  await reach?.[Symbol.asyncDispose]();
});

async function open(path: string): Promise<void> {
  reach = await startReach();
  opened = await openFakeConsole((events) => new RealHost(events, reach));
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  await page.goto(opened.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await page.goto(`${opened.console.address}#${path}`);
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const line = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

it('finds out what is wrong, says what to do, and says so when it is mended', async () => {
  await open('/servers/-/reach');
  const other = await reach.impostor([`www.${OWN}`]);
  await press('Run the check');
  await page.getByText('Other servers cannot reach you, because of “Certificate”.').waitFor();
  await line('Certificate').getByText(`The certificate is for www.${OWN}, not for ${OWN}.`).waitFor();
  await line('Certificate').getByText(`Get a certificate for ${OWN}`).waitFor();
  await line('Matrix answers').getByText('Waits', { exact: true }).waitFor();
  await line('Certificate').getByText('Details').click();
  await page.getByText(`names: www.${OWN}`).first().waitFor();

  await reach.proxy(({ uri }) => ({ uri: uri.replace('%2F', '/') }));
  await press('Check again');
  await page.getByText('Other servers cannot reach you, because of “Signed requests”.').waitFor();
  await line('Signed requests').getByText('it decodes %2F').waitFor();
  await line('Signed requests').getByText('nginx: proxy_pass without a slash').waitFor();

  await reach.proxy();
  await press('Check this step again: Signed requests');
  await page.getByText(`Other servers can reach ${OWN}.`).waitFor();
  await line('Seen from outside').getByText(PARTNER).first().waitFor();
  expect(other.received('/_matrix/federation/v1/version')).toEqual([]);
});

it('shows another server as it really fares, and blocks it', async () => {
  await open('/servers');
  await page.getByRole('link', { name: PARTNER }).click();
  await page.getByRole('heading', { level: 1, name: PARTNER }).waitFor();
  await page.getByText('One room, one member').waitFor();
  await page.getByText(/ed25519:fake/).waitFor();
  await press('Check the way');
  await page.getByText('Everything is well on the way there.').waitFor();
  await press('Block…');
  await page.getByRole('dialog').getByRole('button', { name: 'Block it' }).click();
  await page.getByText('You have blocked this server.').waitFor();
  await press('Unblock');
  await press('Try sending now');
  await page.getByText('It answered. What waits is being sent.').waitFor();
});
