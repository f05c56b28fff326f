import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import type { TestUser } from '../support/test-client.js';

const federation = await startFederation(['hs1.test', 'hs2.test']);
const one = federation.server('hs1.test');
const two = federation.server('hs2.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const segment = encodeURIComponent;
let people = 0;
const person = () => two.register(`bob${(people += 1)}`);

const membershipOf = async (user: TestUser, roomId: RoomId, target: UserId) =>
  ((await user.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(target)}`)).body as JsonObject)[
    'membership'
  ];
const sees = (user: TestUser, roomId: RoomId, target: UserId, membership: string) =>
  expect.poll(() => membershipOf(user, roomId, target), { timeout: 10_000 }).toBe(membership);
const knocked = (user: TestUser, roomId: RoomId): Promise<any[]> =>
  user.syncUntilBody((body) => body.rooms?.knock?.[roomId]?.knock_state.events);
const gone = (user: TestUser, roomId: RoomId) => user.syncUntilBody((body) => body.rooms?.leave?.[roomId]);

const knockRoom = (version: string, rule = 'knock') =>
  alice.createRoom({
    room_version: version,
    name: 'Door',
    initial_state: [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: rule } }],
  });

describe.each([
  ['7', 'knock'],
  ['10', 'knock'],
  ['10', 'knock_restricted'],
  ['11', 'knock'],
  ['12', 'knock_restricted'],
])('in room version %s with the rule %s', (version, rule) => {
  it('somebody knocks, is seen, and is let in', async () => {
    const bob = await person();
    const roomId = await knockRoom(version, rule);
    await bob.knock(roomId, 'may I?', 'hs1.test');
    const shown = await knocked(bob, roomId);
    expect(shown.find(({ type }) => type === 'm.room.name')?.content).toEqual({ name: 'Door' });
    expect(shown.map(({ type }) => type)).toContain('m.room.create');
    await sees(alice, roomId, bob.userId, 'knock');
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({ reason: 'may I?' });
    await alice.invite(roomId, bob);
    await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
    await bob.join(roomId);
    await sees(alice, roomId, bob.userId, 'join');
  });

  it('somebody takes their knock back', async () => {
    const bob = await person();
    const roomId = await knockRoom(version, rule);
    await bob.knock(roomId, undefined, 'hs1.test');
    await knocked(bob, roomId);
    await bob.leave(roomId);
    await sees(alice, roomId, bob.userId, 'leave');
    await gone(bob, roomId);
  });

  it('somebody is turned away, and may knock again unless they are banned', async () => {
    const bob = await person();
    const roomId = await knockRoom(version, rule);
    await bob.knock(roomId, undefined, 'hs1.test');
    await knocked(bob, roomId);
    await alice.moderate('kick', roomId, bob.userId, 'not today');
    await gone(bob, roomId);
    await bob.knock(roomId, undefined, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'knock');
    await alice.moderate('ban', roomId, bob.userId);
    await gone(bob, roomId);
    const refused = await bob.request('POST', `/knock/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
    expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

it('whoever is in the room or invited need not knock, and whoever knocked may do so again', async () => {
  const bob = await person();
  const roomId = await knockRoom('11');
  const tryKnock = () => bob.request('POST', `/knock/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
  expect(await bob.post(`/join/${segment(roomId)}`, {}, { via: 'hs1.test' })).toMatchObject({ status: 403 });
  await bob.knock(roomId, 'once', 'hs1.test');
  await bob.knock(roomId, 'twice', 'hs1.test');
  await sees(alice, roomId, bob.userId, 'knock');
  expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({ reason: 'twice' });
  await alice.invite(roomId, bob);
  await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  expect(await tryKnock()).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  await bob.join(roomId);
  expect(await tryKnock()).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('nobody knocks where the room takes no knocks, or its version knows none', async () => {
  const bob = await person();
  const closed = await alice.createRoom({ room_version: '11' });
  const old = await alice.createRoom({ room_version: '6' });
  for (const roomId of [closed, old]) {
    const refused = await bob.request('POST', `/knock/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
    expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  }
});

it('nobody knocks where no server is known', async () => {
  const bob = await person();
  const refused = await bob.post(`/knock/${segment('!nowhere:hs1.test')}`, {});
  expect(refused).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
});
