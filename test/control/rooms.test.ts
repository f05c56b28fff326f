import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { createConsoleControl } from '../../src-main/control/console-control.js';
import type { RoomDetail, RoomPeople, RoomRemoval, RoomsPage, Space } from '../../src-main/control/contract.js';
import { type Control, ControlEvents } from '../../src-main/control/procedure.js';
import { createRoomsDesk } from '../../src-main/control/rooms/rooms-desk.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

/** The control over a server that runs, as its owner hands it out. */
class RealHost extends FakeServerHost {
  override rooms() {
    return createRoomsDesk({ ...one.homeserver, activity: one.homeserver.health.activity, clock: one.clock });
  }
}

let one: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let control: Control;
let roomId: RoomId;

beforeAll(async () => {
  one = await startHomeserver();
  [alice, bob] = [await one.registerAdmin('alice'), await one.register('bob', { displayName: 'Bob' })];
  const events = new ControlEvents();
  control = createConsoleControl(new RealHost(events), { events, log: silentLogger });
  roomId = await alice.createRoom({
    name: 'Kitchen',
    topic: 'Food',
    preset: 'public_chat',
    room_alias_name: 'kitchen',
  });
  await bob.join(roomId);
  await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'soup' });
});
afterAll(() => one?.[Symbol.asyncDispose]());

const value = async <T>(name: string, input?: unknown): Promise<T> => {
  const result = await control.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
};
const list = (query: object = {}) => value<RoomsPage>('rooms.list', query);

it('lists rooms with what they are and take', async () => {
  await expect
    .poll(async () => (await list({ search: 'KITCH' })).rooms)
    .toMatchObject([{ roomId, name: 'Kitchen', joined: 2, local: 2, isEncrypted: false, isPublic: false, spaces: [] }]);
});

it('tells of one room in detail', async () => {
  const detail = await value<RoomDetail>('rooms.detail', { roomId });
  expect(detail).toMatchObject({
    topic: 'Food',
    creator: alice.userId,
    joinRule: 'public',
    aliases: ['#kitchen:hearth.test'],
    servers: [],
    forks: 1,
  });
  expect(detail.days).toHaveLength(14);
  expect(detail.days.reduce((sum, { events }) => sum + events, 0)).toBe(1);
  expect(detail.types.map(({ type }) => type)).toContain('m.room.member');
  expect(await control.call('rooms.detail', { roomId: '!not:here' })).toMatchObject({ error: { code: 'M_NOT_FOUND' } });
});

it('tells who is in a room, and what they may do', async () => {
  const { people } = await value<RoomPeople>('rooms.people', { roomId });
  expect(people).toMatchObject([
    { userId: alice.userId, role: 'admin', isLocal: true, membership: 'join' },
    { userId: bob.userId, displayName: 'Bob', role: 'person' },
  ]);
});

it('puts a room into the directory and takes it out', async () => {
  await value('rooms.setPublic', { roomId, isPublic: true });
  expect((await list({ filter: 'public' })).rooms).toMatchObject([{ roomId }]);
  expect((await bob.ok('GET', '/publicRooms')).chunk).toMatchObject([{ room_id: roomId }]);
  await value('rooms.setPublic', { roomId, isPublic: false });
  expect((await list({ filter: 'public' })).total).toBe(0);
});

it('shows spaces as trees', async () => {
  const outer = await alice.createRoom({ name: 'House', creation_content: { type: 'm.space' } });
  const inner = await alice.createRoom({ name: 'Cellar', creation_content: { type: 'm.space' } });
  const child = { via: ['hearth.test'] };
  await alice.ok('PUT', `/rooms/${outer}/state/m.space.child/${inner}`, { body: child });
  await alice.ok('PUT', `/rooms/${outer}/state/m.space.child/${roomId}`, { body: child });
  await alice.ok('PUT', `/rooms/${outer}/state/m.space.child/!far:other.test`, { body: child });
  await expect.poll(async () => (await value<Space[]>('rooms.spaces')).length).toBe(2);
  const [cellar, house] = await value<Space[]>('rooms.spaces');
  expect(cellar).toMatchObject({ name: 'Cellar', isTop: false, children: [] });
  expect(house).toMatchObject({ name: 'House', isTop: true });
  expect(house?.children).toContainEqual(expect.objectContaining({ roomId, name: 'Kitchen', isKnown: true }));
  expect(house?.children).toContainEqual(expect.objectContaining({ roomId: '!far:other.test', isKnown: false }));
  expect((await list({ search: 'kitchen' })).rooms[0]?.spaces).toMatchObject([{ name: 'House' }]);
});

it('counts before it clears history, and clears', async () => {
  const before = one.clock.now();
  const given = { roomId, before, ours: true };
  expect(await value('rooms.historyPreview', given)).toMatchObject({ events: 0 });
  await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'more soup' });
  await expect.poll(() => one.clock.now()).toBeGreaterThan(before + 5);
  await value('rooms.clearHistory', { ...given, before: one.clock.now() });
  const removals = () => value<RoomRemoval[]>('rooms.removals', { roomId });
  await expect.poll(removals).toMatchObject([{ kind: 'history', state: 'done', done: 1, name: 'Kitchen' }]);
});

it('takes everybody out, tells them why, erases and blocks', async () => {
  await value('rooms.remove', { roomId, block: true, erase: true, message: 'Too hot.' });
  const removals = () => value<RoomRemoval[]>('rooms.removals', { roomId });
  await expect.poll(async () => (await removals())[0]).toMatchObject({ state: 'done', removed: 2, erases: true });
  expect(await value('rooms.blocked', {})).toMatchObject({ rooms: [{ roomId, name: 'Kitchen' }] });
  expect((await list({ search: 'kitchen' })).total).toBe(0);
  const { entries } = await one.homeserver.health.activity.list();
  expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['room-deleted', 'room-blocked']));
  await value('rooms.unblock', { roomId });
  expect(await value('rooms.blocked', {})).toMatchObject({ rooms: [] });
});

it('takes no input that is none', async () => {
  for (const [name, input] of [
    ['rooms.list', { order: 'size; DROP TABLE rooms' }],
    ['rooms.list', { after: '-1' }],
    ['rooms.detail', { roomId: 'kitchen' }],
    ['rooms.remove', { roomId, block: true, erase: true, message: '' }],
  ] as const) {
    expect(await control.call(name, input)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  }
});
