import { expect, it, vi } from 'vitest';
import { FakeClock } from '../support/fake-clock.js';
import { pressKey, typeInto } from '../support/keyboard.js';
import { aroundServers, type ServersConsole } from '../support/servers-console.js';

vi.setConfig({ testTimeout: 60_000 });

const clock = new FakeClock(Date.now());
let story: ServersConsole;
let one: ServersConsole['one'];
let alice: ServersConsole['alice'];
let page: ServersConsole['page'];

aroundServers(
  (begun) => {
    story = begun;
    ({ one, alice, page } = begun);
  },
  { clock, isServersToo: false },
);

/** What was sent came back, and is known. */
const comesToBe = (name: string, state: string) =>
  expect.poll(async () => (await story.others().detail(name))?.state).toBe(state);

const button = (name: string) => page.getByRole('button', { name, exact: true });
const press = (name: string) => button(name).click();
const says = (words: string | RegExp) => page.getByText(words).first().waitFor();
const line = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** What the way to a server is said to be like. */
async function checked(name: string): Promise<void> {
  await story.open(`/servers/${name}/check`, name);
  await button('Check again').waitFor();
}

it('says what waits for a server that fails, and sends it by a key press once it is mended', async () => {
  const { fake, room } = await story.sharing('busy.test');
  fake.on('PUT', /\/send\//, { status: 503, body: '' });
  await alice.say(room.roomId, 'hello');
  await comesToBe('busy.test', 'retrying');
  await story.open('/servers', 'Other servers');
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
  const { fake } = await story.sharing('down.test');
  await fake.stop();
  await story.open('/servers/down.test', 'down.test');
  await press('Try sending now');
  await says('It still does not answer: nobody took the connection.');
  await checked('down.test');
  await says('It cannot be reached: see “Connection”.');
  await line('Connection').getByText('refuses the connection: nothing listens there.').waitFor();
  await line('Connection').getByText('The server must run, and its port be passed on to it').waitFor();
  await line('Certificate').getByText('Waits', { exact: true }).waitFor();
});

it('says whose certificate a server shows, and what its owner has to do', async () => {
  await story.federation.fakeServer('wrong-name.test', ['www.wrong-name.test']);
  await checked('wrong-name.test');
  await says('It cannot be reached: see “Certificate”.');
  await line('Certificate').getByText('The certificate is for www.wrong-name.test, not for wrong-name.test.').waitFor();
  await line('Certificate').getByText('Get a certificate for wrong-name.test').waitFor();
});

it('says that another server answers in the place of one', async () => {
  const fake = await story.federation.fakeServer('other-keys.test');
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
  const { fake, room } = await story.sharing('strict.test');
  fake.on('PUT', /\/send\//, {
    status: 401,
    body: { errcode: 'M_UNAUTHORIZED', error: 'bad signature' },
    isWrong: true,
  });
  await alice.say(room.roomId, 'hello');
  await story.open('/servers', 'Other servers');
  await page
    .getByRole('row', { name: /strict\.test/ })
    .getByText('Refuses us')
    .waitFor();
  await story.open('/servers/strict.test', 'strict.test');
  await says(/it does not believe our signature\./);
});

it('blocks a server and lets it in again, by keyboard alone', async () => {
  const { fake } = await story.sharing('rude.test');
  await story.open('/servers/rude.test', 'rude.test');
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
  const { fake, room } = await story.sharing('slow.test');
  const message = { type: 'm.room.message', content: { msgtype: 'm.text', body: 'hello' } };
  const sent = room.make({ ...message, sentAt: Date.now() - 600_000 });
  await fake.ask(one, 'PUT', '/_matrix/federation/v1/send/late1', {
    origin: 'slow.test',
    origin_server_ts: Date.now(),
    pdus: [sent.pdu],
    edus: [],
  });
  await alice.sync();
  await story.open('/servers/-/late', 'Other servers');
  await typeInto(page, page.getByLabel('Link to the message, or its event id'), sent.eventId);
  await page.keyboard.press('Enter');
  await says(/It was kept on its way: .*slow\.test.* or the network between needed/);
});
