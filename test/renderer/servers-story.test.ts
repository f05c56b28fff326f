import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createOtherServers } from '../../src-main/control/other-servers.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeRoom } from '../support/fake-room.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { pressKey, typeInto } from '../support/keyboard.js';
import type { TestUser } from '../support/test-client.js';

vi.setConfig({ testTimeout: 60_000 });

/** A console over a server that runs, with others on loopback. */
class RealHost extends FakeServerHost {
  override otherServers() {
    return others();
  }
}

const others = () =>
  createOtherServers({ ...one.homeserver, clock, saveBlocked: () => undefined, saveAllowed: () => undefined });
/** What was sent came back, and is known. */
const comesToBe = (name: string, state: string) =>
  expect.poll(async () => (await others().detail(name))?.state).toBe(state);

const clock = new FakeClock(Date.now());
let browser: Browser;
let page: Page;
let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let opened: Awaited<ReturnType<typeof openFakeConsole>>;

beforeAll(async () => {
  [browser, federation] = await Promise.all([launchBrowser(), startFederation(['hs1.test'])]);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
  opened = await openFakeConsole((events) => new RealHost(events));
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(opened.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await opened?.console.close();
  await federation?.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const press = (name: string) => button(name).click();
const says = (words: string | RegExp) => page.getByText(words).first().waitFor();
const line = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

async function open(path: string, heading: string): Promise<void> {
  await page.goto(`${opened.console.address}#${path}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** A server that shares a room with ours. */
async function sharing(name: string): Promise<{ fake: FakeServer; room: FakeRoom }> {
  const fake = await federation.fakeServer(name);
  const room = new FakeRoom(fake, '12').letIn();
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  await alice.join(room.roomId, name);
  return { fake, room };
}

/** What the way to a server is said to be like. */
async function checked(name: string): Promise<void> {
  await open(`/servers/${name}/check`, name);
  await button('Check again').waitFor();
}

it('says what waits for a server that fails, and sends it by a key press once it is mended', async () => {
  const { fake, room } = await sharing('busy.test');
  fake.on('PUT', /\/send\//, { status: 503, body: '' });
  await alice.say(room.roomId, 'hello');
  await comesToBe('busy.test', 'retrying');
  await open('/servers', 'Other servers');
  const row = page.getByRole('row', { name: /busy\.test/ });
  await row.getByText('Trying again').waitFor();
  await pressKey(page, page.getByRole('link', { name: 'busy.test' }));
  await page.getByRole('heading', { level: 1, name: 'busy.test' }).waitFor();
  await says(/it failed itself\./);
  await pressKey(page, button('Try sending now'));
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  await pressKey(page, button('Try sending now'));
  await says('It answered. What waits is being sent.');
});

it('says that a server is down, and where the way to it ends', async () => {
  const { fake } = await sharing('down.test');
  await fake.stop();
  await open('/servers/down.test', 'down.test');
  await press('Try sending now');
  await says('It still does not answer: nobody took the connection.');
  await checked('down.test');
  await says('It cannot be reached: see “Connection”.');
  await line('Connection').getByText('refuses the connection: nothing listens there.').waitFor();
  await line('Connection').getByText('The server must run, and its port be passed on to it').waitFor();
  await line('Certificate').getByText('Waits', { exact: true }).waitFor();
});

it('says whose certificate a server shows, and what its owner has to do', async () => {
  await federation.fakeServer('wrong-name.test', ['www.wrong-name.test']);
  await checked('wrong-name.test');
  await says('It cannot be reached: see “Certificate”.');
  await line('Certificate').getByText('The certificate is for www.wrong-name.test, not for wrong-name.test.').waitFor();
  await line('Certificate').getByText('Get a certificate for wrong-name.test').waitFor();
});

it('says that another server answers in the place of one', async () => {
  const fake = await federation.fakeServer('other-keys.test');
  fake.keyAnswer = { server_name: 'somebody.test' };
  await checked('other-keys.test');
  await line('Signing keys').getByText('It answers as somebody.test').waitFor();
  await line('Signing keys').getByText('lead to the right server').waitFor();
});

it('says that the name of a server leads nowhere', async () => {
  await checked('gone.test');
  await says('It cannot be reached: see “Addresses”.');
  await line('Addresses').getByText('gone.test has no address in DNS.').waitFor();
  await line('Addresses').getByText('Check how the name is spelled.').waitFor();
});

it('says that a server refuses us, and why', async () => {
  const { fake, room } = await sharing('strict.test');
  fake.on('PUT', /\/send\//, {
    status: 401,
    body: { errcode: 'M_UNAUTHORIZED', error: 'bad signature' },
    isWrong: true,
  });
  await alice.say(room.roomId, 'hello');
  await open('/servers', 'Other servers');
  await page
    .getByRole('row', { name: /strict\.test/ })
    .getByText('Refuses us')
    .waitFor();
  await open('/servers/strict.test', 'strict.test');
  await says(/it does not believe our signature\./);
});

it('blocks a server and lets it in again, by keyboard alone', async () => {
  const { fake } = await sharing('rude.test');
  await open('/servers/rude.test', 'rude.test');
  await pressKey(page, button('Block…'));
  await pressKey(page, page.getByRole('dialog').getByRole('button', { name: 'Block it' }));
  await says('You have blocked this server.');
  const query = '/_matrix/federation/v1/query/directory?room_alias=%23x%3Ahs1.test';
  expect((await fake.ask(one, 'GET', query)).status).toBe(403);
  await pressKey(page, button('Unblock'));
  await page.getByText('You have blocked this server.').waitFor({ state: 'detached' });
  expect((await fake.ask(one, 'GET', query)).status).toBe(404);
});

it('tells why a message was late', async () => {
  const { fake, room } = await sharing('slow.test');
  const message = { type: 'm.room.message', content: { msgtype: 'm.text', body: 'hello' } };
  const sent = room.make({ ...message, sentAt: Date.now() - 600_000 });
  await fake.ask(one, 'PUT', '/_matrix/federation/v1/send/late1', {
    origin: 'slow.test',
    origin_server_ts: Date.now(),
    pdus: [sent.pdu],
    edus: [],
  });
  await alice.sync();
  await open('/servers/-/late', 'Other servers');
  await typeInto(page, page.getByLabel('Link to the message, or its event id'), sent.eventId);
  await page.keyboard.press('Enter');
  await says(/It was kept on its way: .*slow\.test.* or the network between needed/);
});
