import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';

const QUERY = { search: '', filter: 'all', order: 'name', isDescending: false, offset: 0, limit: 50 } as const;

let one: TestHomeserver;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  one = await startHomeserver();
  [alice, bob] = [await one.register('alice', { displayName: 'Alice' }), await one.register('bob')];
});
afterAll(() => one?.[Symbol.asyncDispose]());

const figures = () => one.homeserver.rooms.figures;
const of = (roomId: RoomId) => figures().one(roomId);

it('knows of each room what it is, who is in it and how much it takes', async () => {
  const roomId = await alice.createRoom({ name: 'Garden', preset: 'public_chat', visibility: 'public' });
  await bob.join(roomId);
  for (let each = 0; each < 5; each += 1) await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'hi' });
  await expect
    .poll(() => of(roomId))
    .toMatchObject({ name: 'Garden', joined: 2, local: 2, isPublic: true, isBlocked: false, isSpace: false });
  const found = await of(roomId);
  expect(found?.events).toBeGreaterThan(10);
  expect(found?.bytes).toBeGreaterThan(found?.events ?? 0);
  const counted = await figures().recount(roomId);
  expect(counted).toMatchObject({ events: found?.events, bytes: found?.bytes, lastActive: found?.lastActive });
});

it('follows names, encryption and people who leave', async () => {
  const roomId = await alice.createRoom({ name: 'Old' });
  await expect.poll(() => of(roomId)).toMatchObject({ name: 'Old', isEncrypted: false, local: 1 });
  await alice.ok('PUT', `/rooms/${roomId}/state/m.room.name`, { body: { name: 'New' } });
  await alice.ok('PUT', `/rooms/${roomId}/state/m.room.encryption`, { body: { algorithm: 'm.megolm.v1.aes-sha2' } });
  await alice.ok('POST', `/rooms/${roomId}/leave`, { body: {} });
  await expect.poll(() => of(roomId)).toMatchObject({ name: 'New', isEncrypted: true, local: 0, joined: 0 });
  const { rooms } = await figures().page({ ...QUERY, filter: 'empty' });
  expect(rooms.map((room) => room.roomId)).toContain(roomId);
});

it('names a room without a name by people in it', async () => {
  const roomId = await alice.createRoom();
  await expect.poll(() => of(roomId)).toMatchObject({ name: undefined, people: ['Alice'] });
});

it('finds, filters, sorts and pages', async () => {
  const space = await alice.createRoom({ name: 'aaa 100% space', creation_content: { type: 'm.space' } });
  const child = await alice.createRoom({ name: 'zzz last' });
  await alice.ok('PUT', `/rooms/${space}/state/m.space.child/${child}`, { body: { via: ['hearth.test'] } });
  await expect.poll(async () => (await figures().page({ ...QUERY, search: 'zzz' })).total).toBe(1);
  expect((await figures().page({ ...QUERY, search: '100%' })).rooms).toMatchObject([{ roomId: space, isSpace: true }]);
  expect((await figures().page({ ...QUERY, search: '1_0' })).total).toBe(0);
  expect((await figures().page({ ...QUERY, filter: 'spaces' })).rooms).toMatchObject([{ roomId: space }]);
  const down = await figures().page({ ...QUERY, isDescending: true, limit: 1 });
  expect(down.rooms).toMatchObject([{ roomId: child }]);
  const second = await figures().page({ ...QUERY, isDescending: true, limit: 1, offset: 1 });
  expect(second.rooms[0]?.roomId).not.toBe(child);
  expect(second.total).toBeGreaterThan(3);
  expect(await one.homeserver.rooms.spaces.spacesOf([child])).toEqual(new Map([[child, [space]]]));
});
