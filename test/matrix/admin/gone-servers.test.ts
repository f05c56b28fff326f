import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { statement } from '../../../src-main/storage/database.js';
import { startFederation, type TestFederation } from '../../support/federation.js';
import type { TestHomeserver } from '../../support/homeserver.js';
import { MovingClock } from '../../support/moving-clock.js';
import type { TestUser } from '../../support/test-client.js';

vi.setConfig({ testTimeout: 30_000 });

const DAY = 86_400_000;
const GONE = 'hs3.test';
const clock = new MovingClock();

let federation: TestFederation;
let one: TestHomeserver;
let [alice, bob, carol]: TestUser[] = [];
let [both, alone]: RoomId[] = [];
let file = '';

beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test', GONE], { clock });
  one = federation.server('hs1.test');
  alice = await one.register('alice');
  bob = await federation.server('hs2.test').register('bob');
  carol = await federation.server(GONE).register('carol');
  both = await user(alice).createRoom({ name: 'Both', preset: 'public_chat' });
  alone = await user(alice).createRoom({ name: 'Alone', preset: 'public_chat' });
  await user(bob).join(id(both), 'hs1.test');
  await user(carol).join(id(both), 'hs1.test');
  await user(carol).join(id(alone), 'hs1.test');
  const headers = { 'content-type': 'text/plain' };
  const { content_uri: uri } = await user(carol).ok('POST', '/_matrix/media/v3/upload', { body: 'far away', headers });
  file = `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`;
  expect((await user(alice).get(file)).status).toBe(200);
}, 60_000);
afterAll(() => federation?.stop());

const user = (given: TestUser | undefined): TestUser => {
  if (!given) throw new Error('nobody');
  return given;
};
const id = (given: RoomId | undefined): RoomId => {
  if (!given) throw new Error('no room');
  return given;
};
const gone = () => one.homeserver.goneServers;
const names = async () => (await gone().list()).map(({ server }) => server);
const kept = async () => (await gone().kept([GONE]))[0];
const lagging = async () => {
  const all = statement<[], { server: string }>('SELECT server FROM lagging_destinations');
  return (await one.homeserver.db.all(all)).map(({ server }) => server);
};

it('lists a server once it has not answered for a month', async () => {
  await federation.server(GONE).stop();
  await user(alice).say(id(both), 'is anybody there?');
  await user(alice).say(id(alone), 'and here?');
  await expect.poll(() => one.homeserver.servers.destinations.failingSince(GONE)).toBeDefined();
  expect(await names()).toEqual([]);
  clock.move(29 * DAY);
  expect(await names()).toEqual([]);
  clock.move(2 * DAY);
  expect(await names()).toEqual([GONE]);
});

it('counts what is kept for it, and finds the rooms that were left alone with it', async () => {
  await expect.poll(kept).toMatchObject({ events: 2, copies: { count: 1, bytes: 8 }, rooms: 2 });
  await expect.poll(() => gone().leftAlone([GONE])).toMatchObject([{ roomId: alone, name: 'Alone', local: 1 }]);
  expect(await gone().leftAlone(['hs2.test'])).toEqual([]);
  const rooms = (await gone().leftAlone([GONE, 'hs2.test'])).map(({ roomId }) => roomId);
  expect(rooms.sort()).toEqual([id(both), id(alone)].sort());
});

it('drops what waits for it, for good, and touches nothing else unless asked', async () => {
  expect(await gone().tidy([GONE], { copies: false, rooms: false })).toMatchObject({ rooms: 0, copies: { count: 0 } });
  expect(await kept()).toMatchObject({ events: 0, isMore: false, others: 0, copies: { count: 1 }, rooms: 2 });
  expect(await lagging()).toEqual([]);
  expect(await names()).toEqual([GONE]);
  expect((await user(alice).get(file)).status).toBe(200);
  await one.restart();
  expect(await kept()).toMatchObject({ events: 0, isMore: false });
  const words = (await user(alice).ok('GET', `/rooms/${id(alone)}/messages`, { query: { dir: 'b' } })).chunk;
  expect(JSON.stringify(words)).toContain('and here?');
});

it('still sends to the others, and again to it once it is back', async () => {
  const eventId = await user(alice).say(id(both), 'to those who are there');
  await user(bob).syncUntil(id(both), (event) => event.event_id === eventId);
  await expect.poll(kept).toMatchObject({ events: 1 });
});

it('takes people out of rooms left alone with it, deletes copies, and forgets it once no room is shared', async () => {
  await user(bob).leave(id(both));
  await expect.poll(async () => (await gone().leftAlone([GONE])).length).toBe(2);
  expect(await gone().tidy([GONE], { copies: true, rooms: true })).toEqual({
    servers: 1,
    copies: { count: 1, bytes: 8 },
    rooms: 2,
  });
  expect((await user(alice).get(file)).status).not.toBe(200);
  const removed = async () => {
    clock.move(10_000); // others have half a minute to hear of the departures
    const removals = await one.homeserver.rooms.removals.latest();
    return removals.filter(({ state }) => state === 'done').length;
  };
  await expect.poll(removed, { timeout: 20_000 }).toBe(2);
  expect(await user(alice).ok('GET', '/joined_rooms')).toEqual({ joined_rooms: [] });
  await expect.poll(() => one.homeserver.servers.destinations.report(GONE)).toBeUndefined();
  expect(one.homeserver.servers.destinations.failingSince(GONE)).toBeUndefined();
  expect(await names()).toEqual([]);
  expect(await kept()).toMatchObject({ events: 0, others: 0, rooms: 0 });
});
