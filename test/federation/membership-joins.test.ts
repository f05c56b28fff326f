import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import type { TestUser } from '../support/test-client.js';

const federation = await startFederation(['hs1.test', 'hs2.test', 'hs3.test']);
const one = federation.server('hs1.test');
const two = federation.server('hs2.test');
const three = federation.server('hs3.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const bob = await two.register('bob');
const carol = await three.register('carol');

const VERSIONS = ['1', '6', '10', '11', '12'];
const segment = encodeURIComponent;

const membershipOf = async (user: TestUser, roomId: RoomId, target: UserId) =>
  ((await user.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(target)}`)).body as JsonObject)[
    'membership'
  ];

/** Waits until `user` sees what somebody is in a room. */
const sees = (user: TestUser, roomId: RoomId, target: UserId, membership: string) =>
  expect.poll(() => membershipOf(user, roomId, target), { timeout: 10_000 }).toBe(membership);

const publicRoom = (version: string, more: JsonObject = {}) =>
  alice.createRoom({ preset: 'public_chat', room_version: version, name: 'Harbour', ...more });

describe.each(VERSIONS)('in room version %s', (version) => {
  it('somebody joins by way of a server in the room, and both see each other', async () => {
    const roomId = await publicRoom(version);
    const before = await alice.say(roomId, 'is anybody there?');
    expect(await bob.join(roomId, 'hs1.test')).toBe(roomId);
    await sees(alice, roomId, bob.userId, 'join');
    expect(await membershipOf(bob, roomId, alice.userId)).toBe('join');
    expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Harbour' });
    const states = await Promise.all(
      [alice, bob].map(async (user) => (await user.state(roomId)).map((e) => e.event_id)),
    );
    expect(new Set(states[0])).toEqual(new Set(states[1]));
    const said = await alice.say(roomId, 'welcome');
    await bob.syncUntil(roomId, (event) => event.event_id === said);
    const answer = await bob.say(roomId, 'thank you');
    await alice.syncUntil(roomId, (event) => event.event_id === answer);
    expect(before).toMatch(/^\$/);
  });

  it('somebody leaves, and comes back', async () => {
    const roomId = await publicRoom(version);
    await bob.join(roomId, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'join');
    await bob.leave(roomId);
    await sees(alice, roomId, bob.userId, 'leave');
    await alice.setState(roomId, 'm.room.topic', { topic: 'while Bob was away' });
    await bob.join(roomId, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'join');
    expect(await bob.stateContent(roomId, 'm.room.topic')).toMatchObject({ topic: 'while Bob was away' });
    const said = await alice.say(roomId, 'again');
    await bob.syncUntil(roomId, (event) => event.event_id === said);
  });

  it('the kicked and the banned are out, and the banned stay out', async () => {
    const roomId = await publicRoom(version);
    await bob.join(roomId, 'hs1.test');
    await carol.join(roomId, 'hs2.test');
    await sees(alice, roomId, carol.userId, 'join');
    await alice.moderate('kick', roomId, bob.userId, 'too loud');
    await bob.syncUntilBody((body) => body.rooms?.leave?.[roomId]);
    await alice.moderate('ban', roomId, carol.userId, 'spam');
    await carol.syncUntilBody((body) => body.rooms?.leave?.[roomId]);
    const refused = await carol.request('POST', `/join/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
    expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

it('a third server joins by way of the second, and hears everybody', async () => {
  const roomId = await publicRoom('12');
  await bob.join(roomId, 'hs1.test');
  await carol.join(roomId, 'hs2.test');
  await sees(alice, roomId, carol.userId, 'join');
  const said = await alice.say(roomId, 'three of us');
  for (const user of [bob, carol]) await user.syncUntil(roomId, (event) => event.event_id === said);
  const answer = await carol.say(roomId, 'indeed');
  for (const user of [alice, bob]) await user.syncUntil(roomId, (event) => event.event_id === answer);
});

it('a room is joined by its alias on another server', async () => {
  const roomId = await publicRoom('11', { room_alias_name: 'harbour' });
  expect(await bob.join('#harbour:hs1.test')).toBe(roomId);
  await sees(alice, roomId, bob.userId, 'join');
});

it('servers that cannot help are passed over', async () => {
  const roomId = await publicRoom('12');
  expect(await bob.join(roomId, 'nowhere.test', 'hs3.test', 'hs1.test')).toBe(roomId);
});

it('nobody joins where no server is known, and nothing where none can help', async () => {
  const nowhere = `/join/${segment('!nowhere:hs1.test')}`;
  expect(await bob.post(nowhere, {})).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  const asked = await bob.request('POST', nowhere, { query: { server_name: ['hs1.test'] }, body: {} });
  expect(asked).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
});

it('the uninvited are refused with what the room says', async () => {
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  const refused = await bob.request('POST', `/join/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
  expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('rooms that are closed to other servers let nobody of them in, and take no invitations of them', async () => {
  const roomId = await publicRoom('11', { creation_content: { 'm.federate': false } });
  const refused = await bob.request('POST', `/join/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
  expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  const invited = await alice.post(`/rooms/${segment(roomId)}/invite`, { user_id: bob.userId });
  expect(invited).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('two people of one server who join at the same time come in both, asking once', async () => {
  const roomId = await publicRoom('12');
  const dora = await two.register('dora');
  const seen = federation.exchanges.length;
  await Promise.all([bob.join(roomId, 'hs1.test'), dora.join(roomId, 'hs1.test'), bob.join(roomId, 'hs1.test')]);
  for (const user of [bob, dora]) await sees(alice, roomId, user.userId, 'join');
  const joins = federation.exchanges.slice(seen).filter(({ operation }) => operation?.endsWith('#sendJoinV2'));
  expect(joins).toHaveLength(1);
});

it('somebody comes back into a room that everybody here left, by the servers that stayed', async () => {
  const roomId = await publicRoom('11');
  await bob.join(roomId, 'hs1.test');
  await sees(alice, roomId, bob.userId, 'join');
  await alice.leave(roomId);
  await sees(bob, roomId, alice.userId, 'leave');
  await alice.join(roomId);
  await sees(bob, roomId, alice.userId, 'join');
});

it('a name that changes is seen everywhere', async () => {
  const roomId = await publicRoom('12');
  const erin = await two.register('erin');
  await erin.join(roomId, 'hs1.test');
  await erin.setDisplayName('Erin of the second');
  await alice.syncUntil(roomId, ({ type, state_key: of, content }) => {
    return type === 'm.room.member' && of === erin.userId && content.displayname === 'Erin of the second';
  });
});

it('a server without people in the room helps nobody', async () => {
  const roomId = await publicRoom('12');
  await bob.join(roomId, 'hs1.test');
  await bob.leave(roomId);
  const refused = await carol.request('POST', `/join/${segment(roomId)}`, { query: { via: ['hs2.test'] }, body: {} });
  expect(refused).toMatchObject({ status: 502 });
});

it('an upgraded room is followed to its successor', async () => {
  const roomId = await publicRoom('10');
  await bob.join(roomId, 'hs1.test');
  const { replacement_room: successor } = await alice.ok('POST', `/rooms/${segment(roomId)}/upgrade`, {
    body: { new_version: '12' },
  });
  const tombstone = await bob.syncUntil(roomId, ({ type }) => type === 'm.room.tombstone');
  expect(tombstone.content.replacement_room).toBe(successor);
  await bob.join(successor, 'hs1.test');
  await sees(alice, successor, bob.userId, 'join');
});
