import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Removal } from '../../../../src-main/matrix/rooms/index.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { statement } from '../../../../src-main/storage/database.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';

const ERASE = { by: undefined, block: false, purge: true } as const;
const TABLES = [
  'events',
  'memberships',
  'membership_changes',
  'current_state',
  'state_changes',
  'forward_extremities',
  'relations',
  'room_figures',
  'search_entries',
  'gaps',
];

let one: TestHomeserver;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  one = await startHomeserver();
  [alice, bob] = [await one.registerAdmin('alice'), await one.register('bob')];
});
afterAll(() => one?.[Symbol.asyncDispose]());

const care = () => one.homeserver.rooms;
const say = (user: TestUser, roomId: RoomId, body: string) =>
  user.send(roomId, 'm.room.message', { msgtype: 'm.text', body });
const over = async ({ id }: Removal) => {
  await expect.poll(async () => (await care().removals.one(id))?.ended).toBeGreaterThan(0);
  return care().removals.one(id);
};
const count = async (sql: string) => (await one.homeserver.db.get(statement<[], { n: number }>(sql)))?.n;
const bodies = async (user: TestUser, roomId: RoomId) => {
  const page = await user.ok('GET', `/rooms/${roomId}/messages`, { query: { dir: 'b', limit: 500 } });
  return page.chunk.flatMap(({ content }: { content: { body?: string } }) => content.body ?? []);
};

async function busyRoom(): Promise<RoomId> {
  const roomId = await alice.createRoom({ name: 'Busy', preset: 'public_chat', room_alias_name: `busy${Date.now()}` });
  await bob.join(roomId);
  for (let each = 0; each < 130; each += 1) await say(each % 2 ? alice : bob, roomId, `word${each}`);
  await alice.ok('PUT', `/rooms/${roomId}/state/m.room.topic`, { body: { topic: 'words' } });
  return roomId;
}

it('takes everybody out, erases all that is stored of a room, and leaves a record', async () => {
  const roomId = await busyRoom();
  const before = await count('SELECT COUNT(*) AS n FROM state_deltas');
  const other = await alice.createRoom({ name: 'Other' });
  await bob.sync();
  const last = await say(alice, roomId, 'read me');
  await bob.ok('POST', `/rooms/${roomId}/receipt/m.read/${last}`, { body: {} });
  const ended = await over(await care().removals.removeRoom(roomId, ERASE));
  expect(ended).toMatchObject({
    state: 'done',
    kind: 'room',
    request: { name: 'Busy' },
    result: { removed: [alice.userId, bob.userId], stayed: [] },
  });
  expect(ended?.done).toBeGreaterThan(130);
  expect(ended?.bytes).toBeGreaterThan(10_000);
  expect(await count(`SELECT COUNT(*) AS n FROM rooms WHERE room_id = '${roomId}'`)).toBe(0);
  for (const table of TABLES) {
    const orphans = `SELECT COUNT(*) AS n FROM ${table} WHERE room_nid NOT IN (SELECT nid FROM rooms)`;
    expect({ table, rows: await count(orphans) }).toEqual({ table, rows: 0 });
  }
  expect(await count('SELECT COUNT(*) AS n FROM state_deltas')).toBeLessThan(before ?? 0);
  expect(await count(`SELECT COUNT(*) AS n FROM state_after WHERE event_nid NOT IN (SELECT nid FROM events)`)).toBe(0);
  await expect.poll(() => count(`SELECT COUNT(*) AS n FROM receipts WHERE room_id = '${roomId}'`)).toBe(0);
  expect((await alice.get(`/rooms/${roomId}/state/m.room.name`)).status).toBe(403);
  await say(alice, other, 'still here');
  expect(await bodies(alice, other)).toEqual(['still here']);
  expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toEqual([other]);
});

it('keeps people out of a room that is blocked, and lets them in again', async () => {
  const roomId = await alice.createRoom({ name: 'Closed', preset: 'public_chat' });
  await over(await care().removals.removeRoom(roomId, { by: alice.userId, block: true, purge: false }));
  expect(await bob.post(`/join/${roomId}`, {})).toMatchObject({ status: 403, body: { errcode: 'M_UNKNOWN' } });
  expect(await care().blocked.one(roomId)).toMatchObject({ by: alice.userId, name: 'Closed' });
  await care().blocked.unblock(roomId);
  expect((await bob.post(`/join/${roomId}`, {})).body.errcode).not.toBe('M_UNKNOWN');
});

it('blocks a room that this server does not know', async () => {
  const roomId: RoomId = '!elsewhere:other.test';
  await over(await care().removals.removeRoom(roomId, { ...ERASE, block: true }));
  expect(await bob.post(`/join/${roomId}`, {})).toMatchObject({ status: 403 });
  await expect(care().removals.removeRoom('!nowhere:other.test', ERASE)).rejects.toMatchObject({ status: 404 });
});

it('tells the people why, in a room where they may only listen', async () => {
  const roomId = await bob.createRoom({ preset: 'public_chat' });
  const newRoom = { userId: alice.userId, name: 'Why', message: 'It had to go.' };
  const ended = await over(await care().removals.removeRoom(roomId, { ...ERASE, newRoom }));
  const told = ended?.result.newRoomId ?? '!none';
  expect(await bodies(bob, told)).toEqual(['It had to go.']);
  expect((await bob.put(`/rooms/${told}/send/m.room.message/1`, { msgtype: 'm.text', body: 'but' })).status).toBe(403);
});

it('removes only messages from before a date, never the latest and never state', async () => {
  const roomId = await busyRoom();
  const soon = one.clock.now() + 60_000;
  await expect(care().removals.historyAmount(roomId, { before: soon, ours: true })).rejects.toMatchObject({
    status: 400,
  });
  const before = one.clock.now();
  await expect.poll(() => one.clock.now()).toBeGreaterThan(before);
  await say(bob, roomId, 'after');
  const amount = await care().removals.historyAmount(roomId, { before, ours: true });
  expect(amount.events).toBe(130);
  const ended = await over(await care().removals.removeHistory(roomId, { by: undefined, before, ours: true }));
  expect(ended).toMatchObject({ state: 'done', done: 130, bytes: amount.bytes });
  expect(await bodies(alice, roomId)).toEqual(['after']);
  expect(await alice.ok('GET', `/rooms/${roomId}/state/m.room.topic`)).toMatchObject({ topic: 'words' });
  await say(alice, roomId, 'and on');
  expect(await bodies(bob, roomId)).toEqual(['and on', 'after']);
  const found = await bob.ok('POST', '/search', {
    body: { search_categories: { room_events: { search_term: 'word7' } } },
  });
  expect(found.search_categories.room_events.count).toBe(0);
});

it('keeps what people here said where one wants that', async () => {
  const roomId = await busyRoom();
  const before = one.clock.now();
  expect(await care().removals.historyAmount(roomId, { before, ours: false })).toMatchObject({ events: 0 });
});

it('goes on after the server was stopped in the middle', async () => {
  const roomId = await busyRoom();
  const removal = await care().removals.removeRoom(roomId, ERASE);
  await one.restart();
  expect(await over(removal)).toMatchObject({ state: 'done' });
  expect(await count(`SELECT COUNT(*) AS n FROM rooms WHERE room_id = '${roomId}'`)).toBe(0);
});

it('makes somebody administrator of a room whose administrator is here, and invites them', async () => {
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  await care().admins.make(roomId, bob.userId);
  const levels = await alice.ok('GET', `/rooms/${roomId}/state/m.room.power_levels`);
  expect(levels.users[bob.userId]).toBe(100);
  await bob.join(roomId);
  await alice.ok('POST', `/rooms/${roomId}/leave`, { body: {} });
  await care().admins.make(roomId, alice.userId);
  await alice.join(roomId);
  const empty = await bob.createRoom({ room_version: '11' });
  await bob.ok('POST', `/rooms/${empty}/leave`, { body: {} });
  await expect(care().admins.make(empty, alice.userId)).rejects.toMatchObject({ status: 400 });
});
