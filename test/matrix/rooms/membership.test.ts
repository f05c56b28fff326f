import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import type { TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

const member = (user: TestUser, roomId: RoomId, of: TestUser = user) =>
  user.stateContent(roomId, 'm.room.member', of.userId);

/** Does something to somebody, or to oneself. */
const act = (user: TestUser, roomId: RoomId, action: string, target?: TestUser, reason?: string) =>
  user.post(roomPath(roomId, action), { ...(target && { user_id: target.userId }), reason });

async function people<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [K in keyof Names]: TestUser }> {
  return (await Promise.all(names.map((name) => town.person(name)))) as { [K in keyof Names]: TestUser };
}

describe('joining', () => {
  it('works by id and by alias, with a reason', async () => {
    const [alice, bob, carol, dave] = await people('alice', 'bob', 'carol', 'dave');
    const alias = `join-${alice.deviceId}`;
    const roomId = await alice.createRoom({ preset: 'public_chat', room_alias_name: alias });
    expect(await bob.ok('POST', roomPath(roomId, 'join'))).toEqual({ room_id: roomId });
    const byId = await carol.ok('POST', `/join/${segment(roomId)}`, { body: { reason: 'curious' } });
    expect(byId).toEqual({ room_id: roomId });
    expect(await dave.ok('POST', `/join/${segment(`#${alias}:hearth.test`)}`)).toEqual({ room_id: roomId });
    expect(await member(alice, roomId, carol)).toMatchObject({ membership: 'join', reason: 'curious' });
  });

  it('twice changes nothing', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const before = (await alice.state(roomId)).find((event) => event.state_key === bob.userId);
    await bob.join(roomId);
    const after = (await alice.state(roomId)).find((event) => event.state_key === bob.userId);
    expect(after?.event_id).toBe(before?.event_id);
  });

  it('is refused without an invitation, to the banned, and to rooms that are not there', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const closed = await alice.createRoom();
    const open = await alice.createRoom({ preset: 'public_chat' });
    await alice.moderate('ban', open, bob.userId);
    expect(await act(bob, closed, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(bob, open, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(bob, '!none:hearth.test', 'join')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await bob.post(`/join/${segment('#none:hearth.test')}`, {})).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await bob.post('/join/none', {})).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('copies name and picture of the profile, unless the room hears another name', async () => {
    const [alice, bob] = await people('alice', 'bob');
    await bob.setDisplayName('Bob B.');
    await bob.ok('PUT', `/profile/${segment(bob.userId)}/avatar_url`, { body: { avatar_url: 'mxc://hearth.test/b' } });
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    expect(await member(alice, roomId, bob)).toEqual({
      membership: 'join',
      displayname: 'Bob B.',
      avatar_url: 'mxc://hearth.test/b',
    });
    await bob.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Robert' }, bob.userId);
    const { joined } = await alice.ok('GET', roomPath(roomId, 'joined_members'));
    expect(joined[bob.userId]).toEqual({ display_name: 'Robert', avatar_url: 'mxc://hearth.test/b' });
  });
});

describe('inviting', () => {
  it('shows the room to the invited, who may come in or refuse', async () => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    const roomId = await alice.createRoom({ name: 'Kitchen', topic: 'Food' });
    await alice.moderate('invite', roomId, bob.userId, 'come and eat');
    await alice.invite(roomId, carol);
    expect((await bob.sync()).rooms.invite[roomId].invite_state.events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'm.room.name', content: { name: 'Kitchen' } }),
        expect.objectContaining({
          type: 'm.room.member',
          state_key: bob.userId,
          content: expect.objectContaining({ membership: 'invite', reason: 'come and eat' }),
        }),
      ]),
    );
    await bob.join(roomId);
    await carol.leave(roomId, 'not hungry');
    expect(await member(alice, roomId, carol)).toEqual({ membership: 'leave', reason: 'not hungry' });
    expect(await act(carol, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('can be refused after everybody left the room', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    await alice.leave(roomId);
    await bob.leave(roomId);
    expect((await bob.sync()).rooms?.invite?.[roomId]).toBeUndefined();
  });

  it('is refused for oneself, for members, for the banned, by strangers and without power', async () => {
    const [alice, bob, carol, eve] = await people('alice', 'bob', 'carol', 'eve');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    await alice.moderate('ban', roomId, carol.userId);
    expect(await act(alice, roomId, 'invite', alice)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(alice, roomId, 'invite', bob)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(alice, roomId, 'invite', carol)).toMatchObject(refusal(403, 'M_BAD_STATE'));
    expect(await act(eve, roomId, 'invite', eve)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(bob, roomId, 'invite', eve)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(eve, '!none:hearth.test', 'invite', bob)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await alice.post(roomPath(roomId, 'invite'), {})).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
    expect(await alice.post(roomPath(roomId, 'invite'), { user_id: 'eve' })).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });

  it('brings somebody back to a room that they made', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ room_version: '11', invite: [bob.userId] });
    await bob.join(roomId);
    await alice.setState(roomId, 'm.room.power_levels', { users: { [alice.userId]: 100, [bob.userId]: 100 } });
    await alice.leave(roomId);
    expect(await act(alice, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await bob.invite(roomId, alice);
    await alice.join(roomId);
    await alice.say(roomId, 'back again');
  });

  it('carries the name of the invited', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom();
    await bob.setDisplayName('Bobby');
    await alice.invite(roomId, bob);
    expect(await member(alice, roomId, bob)).toEqual({ membership: 'invite', displayname: 'Bobby' });
  });
});

describe('moderating', () => {
  it('kicks, bans and unbans with reasons', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    await alice.moderate('kick', roomId, bob.userId, 'loud');
    expect(await member(alice, roomId, bob)).toEqual({ membership: 'leave', reason: 'loud' });
    await bob.join(roomId);
    await alice.moderate('ban', roomId, bob.userId, 'too loud');
    expect(await member(alice, roomId, bob)).toEqual({ membership: 'ban', reason: 'too loud' });
    await alice.moderate('unban', roomId, bob.userId, 'forgiven');
    expect(await member(alice, roomId, bob)).toEqual({ membership: 'leave', reason: 'forgiven' });
    await bob.join(roomId);
  });

  it('takes invitations and knocks back', async () => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    const roomId = await alice.createRoom({
      initial_state: [{ type: 'm.room.join_rules', content: { join_rule: 'knock' } }],
    });
    await alice.invite(roomId, bob);
    await carol.knock(roomId);
    await alice.moderate('kick', roomId, bob.userId);
    await alice.moderate('kick', roomId, carol.userId);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await member(alice, roomId, carol)).toEqual({ membership: 'leave' });
  });

  it('lets people ban those who were never there', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await alice.moderate('ban', roomId, bob.userId);
    await alice.moderate('ban', roomId, bob.userId);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each([
    ['kick somebody who never was there', 'kick', 'never', 403, 'M_FORBIDDEN'],
    ['kick somebody who left', 'kick', 'left', 403, 'M_FORBIDDEN'],
    ['kick somebody who is banned', 'kick', 'banned', 403, 'M_BAD_STATE'],
    ['unban somebody who left', 'unban', 'left', 403, 'M_BAD_STATE'],
    ['unban somebody who is there', 'unban', 'joined', 403, 'M_BAD_STATE'],
  ])('refuses to %s', async (_case, action, standing, status, errcode) => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    if (standing !== 'never') await bob.join(roomId);
    if (standing === 'left') await bob.leave(roomId);
    if (standing === 'banned') await alice.moderate('ban', roomId, bob.userId);
    expect(await act(alice, roomId, action, bob)).toMatchObject(refusal(status, errcode));
  });

  it('is for those above only', async () => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    const override = { users: { [bob.userId]: 50, [carol.userId]: 50 } };
    const roomId = await alice.createRoom({ preset: 'public_chat', power_level_content_override: override });
    await bob.join(roomId);
    await carol.join(roomId);
    for (const action of ['kick', 'ban']) {
      expect(await act(bob, roomId, action, carol)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
      expect(await act(bob, roomId, action, alice)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
    const eve = await town.person('eve');
    expect(await act(eve, roomId, 'kick', carol)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('can all be done by writing member events', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    const put = (user: TestUser, content: JsonObject) => user.setState(roomId, 'm.room.member', content, bob.userId);
    await put(bob, { membership: 'join', 'org.example.mood': 'fine' });
    expect(await member(bob, roomId)).toMatchObject({ 'org.example.mood': 'fine' });
    await put(alice, { membership: 'leave', reason: 'out' });
    await put(alice, { membership: 'ban' });
    await put(alice, { membership: 'leave' });
    await put(alice, { membership: 'invite' });
    await put(bob, { membership: 'join' });
    const forced = bob.put(roomPath(roomId, `state/m.room.member/${alice.userId}`), { membership: 'leave' });
    expect(await forced).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });
});

describe('leaving and forgetting', () => {
  it('leaves once, and only rooms where one was', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    expect(await act(bob, roomId, 'leave')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await act(bob, '!none:hearth.test', 'leave')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    await bob.join(roomId);
    expect(await act(bob, roomId, 'leave')).toEqual({ status: 200, body: {} });
    expect(await act(bob, roomId, 'leave')).toEqual({ status: 200, body: {} });
    await alice.moderate('ban', roomId, bob.userId);
    expect(await act(bob, roomId, 'leave')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('shows nothing more of a room that was forgotten, not even an event by its id', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const eventId = await alice.say(roomId, 'hello');
    await bob.leave(roomId);
    expect((await bob.event(roomId, eventId)).content).toMatchObject({ body: 'hello' });
    await bob.forget(roomId);
    for (const path of [`event/${eventId}`, `context/${eventId}`]) {
      expect(await bob.get(`/rooms/${roomId}/${path}`), path).toMatchObject({ status: expect.toBeOneOf([403, 404]) });
    }
    await bob.join(roomId);
    expect((await bob.event(roomId, eventId)).content).toMatchObject({ body: 'hello' });
  });

  it('forgets rooms left, kicked from or refused, and none other', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await alice.createRoom({ preset: 'public_chat', invite: [bob.userId] });
    expect(await act(bob, roomId, 'forget')).toMatchObject(refusal(400, 'M_UNKNOWN'));
    await bob.leave(roomId);
    await bob.forget(roomId);
    await bob.join(roomId);
    expect(await act(bob, roomId, 'forget')).toMatchObject(refusal(400, 'M_UNKNOWN'));
    expect(await bob.messages(roomId)).toHaveProperty('chunk');
    await alice.moderate('kick', roomId, bob.userId);
    expect(await bob.messages(roomId)).toHaveProperty('chunk');
    await bob.forget(roomId);
    expect(await bob.get(roomPath(roomId, 'messages?dir=b'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect((await bob.sync({ filter: '{"room":{"include_leave":true}}' })).rooms?.leave?.[roomId]).toBeUndefined();
    await bob.forget(roomId);
    await bob.join(roomId);
    expect((await bob.messages(roomId)).chunk.length).toBeGreaterThan(5);
  });
});

const knockRoom = (alice: TestUser, version: string, join_rule = 'knock') =>
  alice.createRoom({
    room_version: version,
    initial_state: [{ type: 'm.room.join_rules', content: { join_rule } }],
  });

describe('knocking', () => {
  it.each(['7', '10', '12'])('asks to be let in, in room version %s', async (version) => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await knockRoom(alice, version);
    expect(await bob.knock(roomId, 'please')).toBe(roomId);
    expect(await member(alice, roomId, bob)).toMatchObject({ membership: 'knock', reason: 'please' });
    expect(Object.keys((await bob.sync()).rooms.knock)).toEqual([roomId]);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await bob.get(roomPath(roomId, 'state'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await alice.invite(roomId, bob);
    await bob.join(roomId);
  });

  it('can be taken back and tried again', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await knockRoom(alice, '12');
    await bob.knock(roomId);
    await bob.leave(roomId, 'never mind');
    expect(await member(alice, roomId, bob)).toEqual({ membership: 'leave', reason: 'never mind' });
    await bob.knock(roomId);
    await alice.moderate('ban', roomId, bob.userId);
    expect(await bob.post(`/knock/${segment(roomId)}`, {})).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each([
    ['rooms that take none', '12', 'invite'],
    ['public rooms', '12', 'public'],
    ['old rooms', '6', 'knock'],
    ['rooms too old for knock_restricted', '9', 'knock_restricted'],
  ])('is refused in %s', async (_case, version, rule) => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await knockRoom(alice, version, rule);
    expect(await bob.post(`/knock/${segment(roomId)}`, {})).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('is refused to members and the invited', async () => {
    const [alice, bob] = await people('alice', 'bob');
    const roomId = await knockRoom(alice, '12');
    expect(await alice.post(`/knock/${segment(roomId)}`, {})).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await alice.invite(roomId, bob);
    expect(await bob.post(`/knock/${segment(roomId)}`, {})).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await bob.post('/knock/%23none%3Ahearth.test', {})).toMatchObject(refusal(404, 'M_NOT_FOUND'));
  });
});

async function restricted(version: string, rule = 'restricted', options: JsonObject = {}) {
  const [alice, bob] = await people('alice', 'bob');
  const club = await alice.createRoom({ preset: 'public_chat' });
  const allow = [{ type: 'm.room_membership', room_id: club }, { type: 'org.unknown' }];
  const roomId = await alice.createRoom({
    room_version: version,
    initial_state: [{ type: 'm.room.join_rules', content: { join_rule: rule, allow } }],
    ...options,
  });
  return { alice, bob, club, roomId };
}

describe('restricted rooms', () => {
  it.each([
    ['8', 'restricted'],
    ['9', 'restricted'],
    ['10', 'restricted'],
    ['10', 'knock_restricted'],
    ['11', 'knock_restricted'],
    ['12', 'restricted'],
    ['12', 'knock_restricted'],
  ])('version %s with %s lets in the members of the other room', async (version, rule) => {
    const { alice, bob, club, roomId } = await restricted(version, rule);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await bob.join(club);
    await bob.join(roomId);
    expect(await member(alice, roomId, bob)).toMatchObject({ join_authorised_via_users_server: alice.userId });
    const joined = (await alice.state(roomId)).find((event) => event.state_key === bob.userId)?.event_id;
    await bob.join(roomId);
    expect((await alice.state(roomId)).find((event) => event.state_key === bob.userId)?.event_id).toBe(joined);
    await bob.leave(roomId);
    await bob.leave(club);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await alice.invite(roomId, bob);
    await bob.join(roomId);
    expect(await member(alice, roomId, bob)).not.toHaveProperty('join_authorised_via_users_server');
  });

  it('believe no client about who lets them in', async () => {
    const { alice, bob, roomId } = await restricted('12');
    const content = { membership: 'join', join_authorised_via_users_server: alice.userId };
    const reply = await bob.put(roomPath(roomId, `state/m.room.member/${bob.userId}`), content);
    expect(reply).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each(['11', '12'])('of version %s need somebody there who may invite', async (version) => {
    const { alice, bob, club, roomId } = await restricted(version, 'restricted', {
      power_level_content_override: { invite: 50 },
    });
    const carol = await town.person('carol');
    await alice.invite(roomId, carol);
    await carol.join(roomId);
    if (version === '11') {
      const levels = await alice.stateContent(roomId, 'm.room.power_levels');
      const users = { [alice.userId]: 100, [carol.userId]: 49 };
      await alice.setState(roomId, 'm.room.power_levels', { ...levels, users });
    }
    await alice.leave(roomId);
    await bob.join(club);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(400, 'M_UNABLE_TO_GRANT_JOIN'));
  });

  it.each(['11', '12'])('of version %s are opened by anybody there with the level', async (version) => {
    const { alice, bob, club, roomId } = await restricted(version);
    const carol = await town.person('carol');
    await alice.invite(roomId, carol);
    await carol.join(roomId);
    const levels = await alice.stateContent(roomId, 'm.room.power_levels');
    const users = { ...levels.users, [carol.userId]: 50 };
    await alice.setState(roomId, 'm.room.power_levels', { ...levels, invite: 50, users });
    await alice.leave(roomId);
    await bob.join(club);
    await bob.join(roomId);
    expect(await member(carol, roomId, bob)).toMatchObject({ join_authorised_via_users_server: carol.userId });
  });

  it('keep banned people out', async () => {
    const { alice, bob, club, roomId } = await restricted('12');
    await bob.join(club);
    await alice.moderate('ban', roomId, bob.userId);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each<[string, JsonObject]>([
    ['no list', { join_rule: 'restricted', allow: 'x' }],
    ['nothing to allow', { join_rule: 'restricted' }],
    ['entries that are none', { join_rule: 'restricted', allow: ['x', { type: 'm.room_membership', room_id: 1 }] }],
  ])('with %s let nobody in', async (_case, content) => {
    const { alice, bob, club, roomId } = await restricted('12');
    await alice.setState(roomId, 'm.room.join_rules', content);
    await bob.join(club);
    expect(await act(bob, roomId, 'join')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });
});
