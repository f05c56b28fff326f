import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { createConsoleControl } from '../../src-main/control/console-control.js';
import type {
  DiagnosisRun,
  MessageWay,
  OtherServer,
  ServerMore,
  ServersPage,
} from '../../src-main/control/contract.js';
import { createOtherServers } from '../../src-main/control/other-servers.js';
import { type Control, ControlEvents } from '../../src-main/control/procedure.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeRoom } from '../support/fake-room.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const DAY = 86_400_000;
const clock = new FakeClock(Date.now());

/** The control over a server that runs, as its owner hands it out. */
class RealHost extends FakeServerHost {
  override otherServers() {
    const saveBlocked = (names: readonly string[]) => void saved.push(names);
    const saveAllowed = (names: readonly string[] | undefined) => void savedAllowed.push(names);
    return createOtherServers({ ...one.homeserver, clock, saveBlocked, saveAllowed });
  }
}

const saved: (readonly string[])[] = [];
const savedAllowed: (readonly string[] | undefined)[] = [];
let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let control: Control;
const heard: string[] = [];

beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
  const events = new ControlEvents();
  events.subscribe((event) => heard.push(event));
  control = createConsoleControl(new RealHost(events), { events, log: silentLogger });
});
afterAll(() => federation?.stop());

const value = async <T>(name: string, input?: unknown): Promise<T> => {
  const result = await control.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
};
const list = (query: object = {}) => value<ServersPage>('servers.list', query);
const detail = (serverName: string) => value<OtherServer>('servers.detail', { serverName });

async function joined(name: string): Promise<{ fake: FakeServer; room: FakeRoom }> {
  const fake = await federation.fakeServer(name);
  const room = new FakeRoom(fake, '12').letIn();
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  await alice.join(room.roomId, name);
  return { fake, room };
}

it('says of a server that answers that it is fine', async () => {
  await joined('fine.test');
  await expect.poll(() => detail('fine.test')).toMatchObject({ state: 'fine', failures: 0, nextTry: undefined });
  expect((await detail('fine.test')).lastSuccess).toBeGreaterThan(0);
});

it('says what waits for a server that fails, since when and why, and sends it when told to', async () => {
  const { fake, room } = await joined('late.test');
  fake.on('PUT', /\/send\//, { status: 503, body: '' });
  await alice.say(room.roomId, 'hello');
  await expect.poll(() => detail('late.test')).toMatchObject({ state: 'retrying', waiting: { events: 1 } });
  const late = await detail('late.test');
  expect(late).toMatchObject({ failures: 1, lastFailure: { cause: 'server-error', why: 'it answered 503' } });
  expect(late.waiting?.since).toBeLessThanOrEqual(Date.now());
  expect((await list({ failing: true })).servers).toEqual([expect.objectContaining({ serverName: 'late.test' })]);

  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  expect(await value('servers.tryNow', { serverName: 'late.test' })).toMatchObject({ answered: true });
  expect(heard).toContain('servers.changed');
  await expect.poll(() => detail('late.test')).toMatchObject({ state: 'fine', waiting: undefined });
  expect((await list({ failing: true })).servers).toEqual([]);
});

it('says why a server that is tried does not answer, and calls it down after a day', async () => {
  const { fake } = await joined('gone.test');
  await fake.stop();
  expect(await value('servers.tryNow', { serverName: 'gone.test' })).toMatchObject({
    answered: false,
    cause: 'connect',
    why: expect.stringContaining('ECONNREFUSED'),
  });
  await expect.poll(() => detail('gone.test')).toMatchObject({ state: 'retrying', lastFailure: { cause: 'connect' } });
  clock.advance(2 * DAY);
  expect(await detail('gone.test')).toMatchObject({ state: 'down', nextTry: undefined });
});

it('lists servers by name and by a part of it', async () => {
  const names = async (query?: object) => (await list(query)).servers.map(({ serverName }) => serverName);
  expect(await names()).toEqual(['fine.test', 'gone.test', 'late.test']);
  expect(await names({ search: 'AT' })).toEqual(['late.test']);
  expect(await names({ search: '%' })).toEqual([]);
  expect(await names({ after: 'gone.test' })).toEqual(['late.test']);
});

it('gives so many servers at a time', async () => {
  const { destinations, requests } = one.homeserver.servers;
  const ask = (destination: string) => requests.json({ destination, method: 'GET', path: '/_matrix/x' });
  await Promise.all(Array.from({ length: 60 }, (_none, at) => ask(`n${at}.many.test`).catch(() => undefined)));
  await expect.poll(async () => (await destinations.list({ search: 'many', limit: 100 })).length).toBe(60);
  const first = await list({ search: 'many' });
  expect(first.servers).toHaveLength(50);
  const second = await list({ search: 'many', after: first.next });
  expect(second).toMatchObject({ servers: { length: 10 }, next: undefined });
});

it('tells the steps of a diagnosis as they are known', async () => {
  const begun = await value<DiagnosisRun>('servers.diagnose', { serverName: 'fine.test' });
  const again = await value<DiagnosisRun>('servers.diagnose', { serverName: 'fine.test' });
  expect(again.run).toBe(begun.run);
  const read = () => value<DiagnosisRun>('servers.diagnose', { serverName: 'fine.test', run: begun.run });
  await expect.poll(read).toMatchObject({ result: { isOwn: false, outcome: 'ok' }, steps: { length: 9 } });
  expect(heard.filter((event) => event === 'diagnosis.changed').length).toBe(10);
});

it.each([
  ['servers.detail', { serverName: 'never.test' }, 'M_NOT_FOUND'],
  ['servers.diagnose', { serverName: 'fine.test', run: 'nothing' }, 'M_NOT_FOUND'],
  ['servers.diagnose', { serverName: '' }, 'BAD_INPUT'],
  ['servers.diagnose', { serverName: 'x'.repeat(256) }, 'BAD_INPUT'],
  ['servers.list', { all: true }, 'BAD_INPUT'],
])('refuses %s of %j', async (name, input, code) => {
  expect(await control.call(name, input)).toMatchObject({ ok: false, error: { code } });
});

it('keeps the turns of a server that failed, and what is known of it in passing', async () => {
  const { attempts, rooms, keys } = await value<ServerMore>('servers.more', { serverName: 'late.test' });
  expect(attempts.map(({ failure }) => failure?.cause)).toEqual([undefined, 'server-error']);
  expect(rooms).toEqual([{ roomId: expect.any(String), name: undefined, people: 1 }]);
  expect(keys).toEqual([expect.objectContaining({ keyId: 'ed25519:fake', isExpired: false })]);
  const late = await detail('late.test');
  expect(late).toMatchObject({ rooms: 1, people: 1, clockAhead: expect.any(Number) });
  expect(late.lastSent).toBeGreaterThan(0);
});

it('tells where a message was on its way, corrected by what the other clock says', async () => {
  const { fake, room } = await joined('slow.test');
  fake.on('GET', '/_matrix/federation/v1/version', {
    body: { server: { name: 'Fake', version: '1' } },
    headers: { date: new Date(Date.now() + 60_000).toUTCString() },
  });
  clock.advance(61_000);
  await value('servers.tryNow', { serverName: 'slow.test' });
  const sent = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'hello' } });
  await fake.ask(one, 'PUT', '/_matrix/federation/v1/send/late1', {
    origin: 'slow.test',
    origin_server_ts: Date.now(),
    pdus: [sent.pdu],
    edus: [],
  });
  await alice.sync();
  const way = await value<MessageWay>('servers.late', {
    message: `https://matrix.to/#/${encodeURIComponent(sent.eventId)}`,
  });
  expect(way).toMatchObject({ eventId: sent.eventId, roomId: room.roomId, isOwn: false, times: { from: 'slow.test' } });
  const { received = 0, checked = 0, stored = 0, delivered = 0 } = way.times ?? {};
  expect([received, checked, stored, delivered]).toEqual(
    [received, checked, stored, delivered].toSorted((a, b) => a - b),
  );
  expect(received).toBeGreaterThan(0);
});

it('blocks a server both ways, at once, and writes it down', async () => {
  const { fake } = await joined('rude.test');
  await value('servers.block', { name: 'Rude.test' });
  expect(saved.at(-1)).toEqual(['rude.test']);
  expect(await detail('rude.test')).toMatchObject({ state: 'blocked' });
  expect(await value('servers.tryNow', { serverName: 'rude.test' })).toMatchObject({ answered: false });
  const refused = await fake.ask(one, 'GET', '/_matrix/federation/v1/query/directory?room_alias=%23x%3Ahs1.test');
  expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  await value('servers.unblock', { name: 'rude.test' });
  expect(await value('servers.blocked')).toEqual({ names: [], allowed: undefined });
  expect(await value('servers.tryNow', { serverName: 'rude.test' })).toMatchObject({ answered: true });
  await expect(value('servers.block', { name: 'no server' })).rejects.toThrow('BAD_INPUT');
});

it('remembers for a day what it did not take of a server', async () => {
  const { fake } = await joined('wrong.test');
  await fake.ask(one, 'GET', '/_matrix/federation/v1/event/$nothing', undefined, { isWrong: true });
  const { refusals } = await value<ServerMore>('servers.more', { serverName: 'wrong.test' });
  expect(refusals).toEqual([
    expect.objectContaining({ kind: 'server-server/events.yaml#getEvent', why: expect.stringMatching(/^4/), count: 1 }),
  ]);
});

it('says that no message is named, or that it is not here', async () => {
  await expect(value('servers.late', { message: 'hello' })).rejects.toThrow('BAD_INPUT');
  await expect(value('servers.late', { message: '$nothing' })).rejects.toThrow('M_NOT_FOUND');
  expect(await value('joins.list')).toEqual([]);
  await expect(value('joins.cancel', { roomId: '!x' })).rejects.toThrow('M_NOT_FOUND');
});

it('talks to some servers only, from now on and back, and says whom that leaves out', async () => {
  const { fake, room } = await joined('friend.test');
  const { fake: other } = await joined('other.test');
  const { leftOut } = await value<{ leftOut: string[] }>('servers.allowPreview', { names: ['friend.test'] });
  expect(leftOut).toContain('other.test');
  expect(leftOut).not.toContain('friend.test');
  await value('servers.allow', { names: ['friend.test'] });
  expect(savedAllowed).toEqual([['friend.test']]);
  expect(await value('servers.blocked')).toMatchObject({ allowed: ['friend.test'] });
  const query = '/_matrix/federation/v1/query/directory?room_alias=%23x%3Ahs1.test';
  expect((await other.ask(one, 'GET', query)).status).toBe(403);
  expect((await fake.ask(one, 'GET', query)).status).toBe(404);
  await alice.say(room.roomId, 'to a friend');
  await value('servers.allow', { names: null });
  expect(savedAllowed.at(-1)).toBeUndefined();
  expect((await other.ask(one, 'GET', query)).status).toBe(404);
  const wrong = await control.call('servers.allow', { names: ['no server name!'] });
  expect(wrong).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
});
