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
const carol = await three.register('carol');

const VERSIONS = ['1', '6', '10', '11', '12'];
const segment = encodeURIComponent;
let people = 0;
const person = () => two.register(`bob${(people += 1)}`);

const membershipOf = async (user: TestUser, roomId: RoomId, target: UserId) =>
  ((await user.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(target)}`)).body as JsonObject)[
    'membership'
  ];
const sees = (user: TestUser, roomId: RoomId, target: UserId, membership: string) =>
  expect.poll(() => membershipOf(user, roomId, target), { timeout: 10_000 }).toBe(membership);
const invitation = (user: TestUser, roomId: RoomId): Promise<any[]> =>
  user.syncUntilBody((body) => body.rooms?.invite?.[roomId]?.invite_state.events);
const gone = (user: TestUser, roomId: RoomId) => user.syncUntilBody((body) => body.rooms?.leave?.[roomId]);

describe.each(VERSIONS)('in room version %s', (version) => {
  it('somebody is invited, sees the room a little, and comes in', async () => {
    const bob = await person();
    const roomId = await alice.createRoom({ room_version: version, name: 'Kitchen', preset: 'private_chat' });
    await alice.moderate('invite', roomId, bob.userId, 'come and eat');
    const shown = await invitation(bob, roomId);
    const content = (type: string, key = '') => shown.find((e) => e.type === type && e.state_key === key)?.content;
    expect(content('m.room.name')).toEqual({ name: 'Kitchen' });
    expect(content('m.room.create')).toBeDefined();
    expect(content('m.room.member', bob.userId)).toMatchObject({ membership: 'invite', reason: 'come and eat' });
    expect(content('m.room.member', alice.userId)).toMatchObject({ membership: 'join' });
    await bob.join(roomId);
    await sees(alice, roomId, bob.userId, 'join');
    const said = await bob.say(roomId, 'what is there?');
    await alice.syncUntil(roomId, (event) => event.event_id === said);
  });

  it('somebody turns an invitation down, and hears no more of it', async () => {
    const bob = await person();
    const roomId = await alice.createRoom({ room_version: version });
    await alice.invite(roomId, bob);
    await invitation(bob, roomId);
    await bob.leave(roomId, 'no time');
    await sees(alice, roomId, bob.userId, 'leave');
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({ reason: 'no time' });
    expect((await bob.sync()).rooms?.leave?.[roomId]).toBeDefined();
    await alice.invite(roomId, bob);
    await invitation(bob, roomId);
    await bob.leave(roomId);
    await sees(alice, roomId, bob.userId, 'leave');
  });

  it('an invitation is taken back', async () => {
    const bob = await person();
    const roomId = await alice.createRoom({ room_version: version });
    await alice.invite(roomId, bob);
    await invitation(bob, roomId);
    await alice.moderate('kick', roomId, bob.userId);
    await gone(bob, roomId);
    const refused = await bob.request('POST', `/join/${segment(roomId)}`, { query: { via: ['hs1.test'] }, body: {} });
    expect(refused).toMatchObject({ status: 403 });
  });
});

it('the invited find the way in by who invited them', async () => {
  const bob = await person();
  const roomId = await alice.createRoom({ preset: 'public_chat', power_level_content_override: { invite: 0 } });
  await carol.join(roomId, 'hs1.test');
  await sees(alice, roomId, carol.userId, 'join');
  await carol.invite(roomId, bob);
  await invitation(bob, roomId);
  expect(await bob.join(roomId)).toBe(roomId);
  await sees(alice, roomId, bob.userId, 'join');
});

it('somebody is invited to a room that others of their server are in', async () => {
  const [bob, dora] = await Promise.all([person(), person()]);
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  await alice.invite(roomId, bob);
  await bob.join(roomId, 'hs1.test');
  await alice.invite(roomId, dora);
  await invitation(dora, roomId);
  await dora.join(roomId);
  await sees(alice, roomId, dora.userId, 'join');
});

it('somebody turns down an invitation to a room that others of their server are in', async () => {
  const [bob, dora] = await Promise.all([person(), person()]);
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  await alice.invite(roomId, bob);
  await bob.join(roomId, 'hs1.test');
  for (let i = 0; i < 2; i += 1) {
    await alice.invite(roomId, dora);
    await invitation(dora, roomId);
    await dora.leave(roomId);
    await sees(alice, roomId, dora.userId, 'leave');
    await sees(bob, roomId, dora.userId, 'leave');
  }
});

it('an invitation to a room that everybody left is turned down', async () => {
  const bob = await person();
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  await alice.invite(roomId, bob);
  await invitation(bob, roomId);
  await alice.leave(roomId);
  await bob.leave(roomId);
  await gone(bob, roomId);
  expect((await bob.sync({ since: '' })).rooms?.invite?.[roomId]).toBeUndefined();
});

it('whoever comes in sees how they were invited', async () => {
  const bob = await person();
  const roomId = await alice.createRoom({ is_direct: true, invite: [bob.userId] });
  await invitation(bob, roomId);
  await bob.join(roomId);
  const joined = await bob.syncUntil(roomId, (event) => event.type === 'm.room.member' && event.sender === bob.userId);
  expect(joined).toMatchObject({ content: { membership: 'join' } });
  expect(joined['unsigned']).toMatchObject({ prev_content: { membership: 'invite', is_direct: true } });
});

it('a banned user is unbanned and invited again', async () => {
  const bob = await person();
  const roomId = await alice.createRoom({ preset: 'private_chat' });
  await alice.invite(roomId, bob);
  await bob.join(roomId, 'hs1.test');
  await alice.moderate('ban', roomId, bob.userId);
  await gone(bob, roomId);
  const refused = await alice.post(`/rooms/${segment(roomId)}/invite`, { user_id: bob.userId });
  expect(refused).toMatchObject({ status: 403 });
  await alice.moderate('unban', roomId, bob.userId);
  await alice.invite(roomId, bob);
  await invitation(bob, roomId);
  await bob.join(roomId);
  await sees(alice, roomId, bob.userId, 'join');
});

it('people of other servers are invited while a room is made, also when one of them cannot be', async () => {
  const bob = await person();
  const invite = [bob.userId, '@nobody:hs2.test', '@ghost:nowhere.test', carol.userId];
  const roomId = await alice.createRoom({ preset: 'trusted_private_chat', is_direct: true, invite });
  const shown = await invitation(bob, roomId);
  expect(shown.at(-1)?.content).toMatchObject({ membership: 'invite', is_direct: true });
  await invitation(carol, roomId);
  await bob.join(roomId);
  await sees(alice, roomId, bob.userId, 'join');
});

it('whoever wants no invitations gets none, and the inviter hears why', async () => {
  const bob = await person();
  await bob.setAccountData('m.invite_permission_config', { default_action: 'block' });
  const roomId = await alice.createRoom();
  const refused = await alice.post(`/rooms/${segment(roomId)}/invite`, { user_id: bob.userId });
  expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_INVITE_BLOCKED' } });
  expect(await membershipOf(alice, roomId, bob.userId)).toBeUndefined();
});

it('whoever wants none from a server gets none from there', async () => {
  const bob = await person();
  await bob.setAccountData('org.matrix.msc4155.invite_permission_config', { blocked_servers: ['hs1.*'] });
  const roomId = await alice.createRoom();
  const refused = await alice.post(`/rooms/${segment(roomId)}/invite`, { user_id: bob.userId });
  expect(refused).toMatchObject({ status: 403, body: { errcode: 'M_INVITE_BLOCKED' } });
  const other = await carol.createRoom();
  await carol.invite(other, bob);
  await invitation(bob, other);
});

it('nobody is invited whose server says that there is no such person, or says nothing', async () => {
  const roomId = await alice.createRoom();
  const invite = (user_id: string) => alice.post(`/rooms/${segment(roomId)}/invite`, { user_id });
  expect(await invite('@nobody:hs2.test')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  expect(await invite('@ghost:nowhere.test')).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
});

it('an invitation is turned down here when the inviter’s server is gone', async () => {
  const bob = await person();
  const roomId = await alice.createRoom();
  await alice.invite(roomId, bob);
  await invitation(bob, roomId);
  federation.cut('hs1.test', 'hs2.test');
  try {
    await bob.leave(roomId);
    expect((await bob.sync()).rooms?.leave?.[roomId]).toBeDefined();
    expect((await bob.sync({ since: '' })).rooms?.invite?.[roomId]).toBeUndefined();
  } finally {
    federation.heal('hs1.test', 'hs2.test');
  }
});

it('whoever is invited twice is asked once', async () => {
  const bob = await person();
  const roomId = await alice.createRoom();
  await alice.invite(roomId, bob);
  const seen = federation.exchanges.length;
  await alice.invite(roomId, bob);
  const asked = federation.exchanges.slice(seen).filter(({ operation }) => operation?.includes('#sendInvite'));
  expect(asked).toEqual([]);
});

it('the invited server signs the invitation', async () => {
  const bob = await person();
  const roomId = await alice.createRoom();
  await alice.invite(roomId, bob);
  const asked = federation.exchanges.findLast(({ operation }) => operation?.endsWith('#sendInviteV2'));
  expect(Object.keys(asked?.body.event.signatures)).toEqual(expect.arrayContaining(['hs1.test', 'hs2.test']));
  const shown: JsonObject[] = asked?.requestBody.invite_room_state ?? [];
  expect(shown.map(({ type }) => type)).toContain('m.room.create');
  for (const event of shown) expect(event['signatures']).toBeDefined();
});
