import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const segment = encodeURIComponent;

interface Scene extends AsyncDisposable {
  readonly server: TestHomeserver;
  readonly clock: FakeClock;
  readonly alice: TestUser;
  readonly bob: TestUser;
  readonly roomId: RoomId;
}

/** Two people in a room, up to date. */
async function scene(): Promise<Scene> {
  const clock = new FakeClock();
  const server = await startHomeserver({ clock });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await alice.sync();
  await bob.sync();
  return { server, clock, alice, bob, roomId, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const typing = (user: TestUser, roomId: RoomId, body: object) =>
  user.ok('PUT', `/rooms/${segment(roomId)}/typing/${segment(user.userId)}`, { body });
const typists = (body: any, roomId: RoomId): string[] | undefined =>
  body.rooms?.join?.[roomId]?.ephemeral?.events.find(({ type }: TestEvent) => type === 'm.typing')?.content.user_ids;
const said = (events: readonly TestEvent[]) => events.flatMap(({ content }) => content.body ?? []);

/** Resolves when a sync of `bob` waits; call what it gives for the answer. */
async function waitingSync({ clock, bob }: Scene): Promise<() => Promise<any>> {
  const asleep = clock.sleeping;
  const answer = bob.sync({ timeout: 30_000 });
  await expect.poll(() => clock.sleeping).toBeGreaterThan(asleep);
  return () => answer;
}

it.each([
  ['an hour back', -HOUR],
  ['a year back', -YEAR],
  ['a year on', YEAR],
])('keeps the order of what is said when the clock is set %s', async (_case, ms) => {
  await using one = await scene();
  const { alice, bob, clock, roomId } = one;
  await alice.say(roomId, '1');
  clock.jump(ms);
  await bob.say(roomId, '2');
  clock.jump(-ms);
  await alice.say(roomId, '3');
  const { rooms } = await alice.sync();
  expect(said(rooms.join[roomId].timeline.events)).toEqual(['1', '2', '3']);
  expect(said((await bob.messages(roomId, { dir: 'f' })).chunk)).toEqual(['1', '2', '3']);
  for (const event of (await bob.messages(roomId)).chunk) {
    expect((event['unsigned'] as { age: number }).age).toBeGreaterThanOrEqual(0);
  }
});

it.each([
  ['back', -HOUR],
  ['on', HOUR],
])('answers a waiting sync in its time although the clock is set %s', async (_case, ms) => {
  await using one = await scene();
  const answer = await waitingSync(one);
  one.clock.jump(ms);
  one.clock.advance(30_000);
  expect((await answer()).rooms).toBeUndefined();
});

it('brings news to a sync that waited while the clock was set back', async () => {
  await using one = await scene();
  const answer = await waitingSync(one);
  one.clock.jump(-YEAR);
  await one.alice.say(one.roomId, 'still here');
  expect(said((await answer()).rooms.join[one.roomId].timeline.events)).toEqual(['still here']);
});

it('ends typing in its time although the clock is set back', async () => {
  await using one = await scene();
  const { alice, bob, clock, roomId } = one;
  await typing(alice, roomId, { typing: true, timeout: 20_000 });
  expect(typists(await bob.sync(), roomId)).toEqual([alice.userId]);
  clock.jump(-HOUR);
  clock.advance(20_000);
  expect(await bob.syncUntilBody((body) => typists(body, roomId))).toEqual([]);
});

it('shows typing, presence and messages to those who were there before a start with the clock set back', async () => {
  await using one = await scene();
  const { server, alice, bob, clock, roomId } = one;
  await typing(alice, roomId, { typing: true, timeout: 20_000 });
  await bob.sync();
  await server.stop();
  clock.jump(-YEAR);
  await server.start();
  await alice.say(roomId, 'hello again');
  await typing(alice, roomId, { typing: true, timeout: 20_000 });
  await alice.ok('PUT', `/presence/${segment(alice.userId)}/status`, {
    body: { presence: 'online', status_msg: 'back in time' },
  });
  const body = await bob.sync();
  expect(said(body.rooms.join[roomId].timeline.events)).toEqual(['hello again']);
  expect(typists(body, roomId)).toEqual([alice.userId]);
  expect(JSON.stringify(body.presence)).toContain('back in time');
  await typing(alice, roomId, { typing: false });
  expect(typists(await bob.sync(), roomId)).toEqual([]);
});

it.each([
  ['back', -YEAR],
  ['on', YEAR],
])('keeps people signed in, and transactions known, when the clock is set %s', async (_case, ms) => {
  await using one = await scene();
  const { alice, clock, roomId } = one;
  const eventId = await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'once' }, 'txn');
  clock.jump(ms);
  expect(await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'once' }, 'txn')).toBe(eventId);
  await alice.ok('GET', '/account/whoami');
  await alice.logIn();
});

it('lets tokens end by the time of day, and those of before go on when it is set back', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({ clock });
  const account = { username: 'alice', password: 'correct horse', auth: { type: 'm.login.dummy' } };
  const session = await server.stranger.ok('POST', '/register', { body: { ...account, refresh_token: true } });
  const alice = server.withToken(session.access_token);
  clock.jump(session.expires_in_ms);
  expect(await alice.get('/account/whoami')).toMatchObject({
    status: 401,
    body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true },
  });
  clock.jump(-session.expires_in_ms);
  await alice.ok('GET', '/account/whoami');
});

it('calls people gone who went away, although the clock was set back', async () => {
  await using one = await scene();
  const { alice, bob, clock } = one;
  const presence = async () => (await bob.ok('GET', `/presence/${segment(alice.userId)}/status`)).presence;
  expect(await presence()).toBe('online');
  clock.jump(-YEAR);
  await expect
    .poll(async () => {
      clock.advance(10_000);
      return presence();
    })
    .toBe('offline');
});
