import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../../src-main/base/json.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
const VERSIONS = ['1', '6', '9', '10', '11', '12'];

const tryUpgrade = (user: TestUser, roomId: RoomId, version: string, more: JsonObject = {}) =>
  user.post(roomPath(roomId, 'upgrade'), { new_version: version, ...more });
async function upgrade(user: TestUser, roomId: RoomId, version: string, more: JsonObject = {}): Promise<RoomId> {
  const { status, body } = await tryUpgrade(user, roomId, version, more);
  expect([status, body]).toEqual([200, { replacement_room: expect.any(String) }]);
  return body.replacement_room;
}
const levelsOf = (user: TestUser, roomId: RoomId) => user.stateContent(roomId, 'm.room.power_levels');

describe('an upgraded room', () => {
  it.each(VERSIONS)('ends with a tombstone, and begins anew in version %s', async (version) => {
    const alice = await town.person('alice');
    const old = await alice.createRoom({ room_version: version === '11' ? '10' : '11', name: 'Soup' });
    const roomId = await upgrade(alice, old, version);
    const state = await alice.state(old);
    const tombstone = state.find(({ type }) => type === 'm.room.tombstone');
    expect(tombstone?.content).toEqual({ body: 'This room has been replaced', replacement_room: roomId });
    const create = await alice.stateContent(roomId, 'm.room.create');
    expect(create.room_version).toBe(version);
    expect(create.predecessor).toEqual(
      version === '12' ? { room_id: old } : { room_id: old, event_id: tombstone?.event_id },
    );
    expect(await alice.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Soup' });
  });

  it('takes over what the old one was', async () => {
    const alice = await town.person('alice');
    const state = {
      'm.room.join_rules': { join_rule: 'knock' },
      'm.room.history_visibility': { history_visibility: 'joined' },
      'm.room.guest_access': { guest_access: 'forbidden' },
      'm.room.encryption': { algorithm: 'm.megolm.v1.aes-sha2' },
      'm.room.topic': { topic: 'hot' },
      'm.room.avatar': { url: 'mxc://hearth.test/pot' },
      'm.room.server_acl': { allow: ['*'], deny: ['evil.test'] },
    };
    const old = await alice.createRoom({
      room_version: '10',
      creation_content: { 'm.federate': false, type: 'org.example.kitchen' },
      initial_state: Object.entries(state).map(([type, content]) => ({ type, content })),
    });
    await alice.setState(old, 'org.example.own', { some: 'thing' });
    const roomId = await upgrade(alice, old, '12');
    for (const [type, content] of Object.entries(state))
      expect(await alice.stateContent(roomId, type)).toEqual(content);
    expect(await alice.stateContent(roomId, 'm.room.create')).toMatchObject({
      'm.federate': false,
      type: 'org.example.kitchen',
    });
    expect((await alice.get(roomPath(roomId, 'state/org.example.own'))).status).toBe(404);
  });

  it('of a space holds the same rooms', async () => {
    const alice = await town.person('alice');
    const old = await alice.createRoom({ room_version: '11', creation_content: { type: 'm.space' } });
    await alice.setState(old, 'm.space.child', { via: ['hearth.test'] }, '!kept:hearth.test');
    await alice.setState(old, 'm.space.child', {}, '!gone:hearth.test');
    const roomId = await upgrade(alice, old, '12');
    const children = (await alice.state(roomId)).filter(({ type }) => type === 'm.space.child');
    expect(children.map(({ state_key }) => state_key)).toEqual(['!kept:hearth.test']);
  });

  it('lets nobody but moderators write in the old room any more', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({ preset: 'public_chat', room_version: '11' });
    await bob.join(old);
    await upgrade(alice, old, '12');
    expect(await levelsOf(alice, old)).toMatchObject({ events_default: 50, invite: 50 });
    const reply = await bob.put(roomPath(old, 'send/m.room.message/1'), { msgtype: 'm.text', body: 'still here?' });
    expect(reply).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('keeps out those who were banned, and lets others follow by themselves', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    const old = await alice.createRoom({ preset: 'public_chat', room_version: '11' });
    await bob.join(old);
    await alice.moderate('ban', old, carol.userId, 'spam');
    const roomId = await upgrade(alice, old, '12');
    expect(await alice.stateContent(roomId, 'm.room.member', carol.userId)).toEqual({
      membership: 'ban',
      reason: 'spam',
    });
    expect((await alice.get(roomPath(roomId, `state/m.room.member/${segment(bob.userId)}`))).status).toBe(404);
    expect(await bob.join(roomId)).toBe(roomId);
    expect((await carol.post(`/join/${segment(roomId)}`, {})).status).toBe(403);
  });

  it('is found where the old one was', async () => {
    const alice = await town.person('alice');
    const old = await alice.createRoom({
      preset: 'public_chat',
      visibility: 'public',
      room_alias_name: 'stew',
      room_version: '11',
    });
    const roomId = await upgrade(alice, old, '12');
    expect((await alice.get('/directory/room/%23stew:hearth.test')).body.room_id).toBe(roomId);
    expect(await alice.stateContent(roomId, 'm.room.canonical_alias')).toEqual({ alias: '#stew:hearth.test' });
    expect(await alice.stateContent(old, 'm.room.canonical_alias')).toEqual({});
    const visibility = async (room: RoomId) => (await alice.get(`/directory/list/room/${segment(room)}`)).body;
    expect(await visibility(old)).toEqual({ visibility: 'private' });
    expect(await visibility(roomId)).toEqual({ visibility: 'public' });
  });
});

describe('power in an upgraded room', () => {
  it('goes with the people, and the upgrader is back at their own level in the end', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({ preset: 'public_chat', room_version: '10' });
    await bob.join(old);
    const levels = { ...(await levelsOf(alice, old)), users: { [alice.userId]: 100, [bob.userId]: 60 } };
    levels.events = { ...levels.events, 'm.room.tombstone': 60 };
    await alice.setState(old, 'm.room.power_levels', levels);
    const roomId = await upgrade(bob, old, '11');
    expect(await levelsOf(bob, roomId)).toEqual(levels);
  });

  it('of creators by privilege needs no level, and others keep theirs', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    const users = { [alice.userId]: 100, [bob.userId]: 100, [carol.userId]: 50 };
    const old = await alice.createRoom({ room_version: '11', power_level_content_override: { users } });
    const roomId = await upgrade(alice, old, '12', { additional_creators: [bob.userId, alice.userId] });
    expect((await levelsOf(alice, roomId)).users).toEqual({ [carol.userId]: 50 });
    const create = await alice.stateContent(roomId, 'm.room.create');
    expect(create.additional_creators).toEqual([bob.userId]);
  });

  it('of old creators by privilege ends with the old room', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({
      preset: 'public_chat',
      power_level_content_override: { users: { [bob.userId]: 150 } },
    });
    await bob.join(old);
    const roomId = await upgrade(bob, old, '12');
    expect((await levelsOf(bob, roomId)).users).toEqual({});
    expect((await bob.stateContent(roomId, 'm.room.create')).additional_creators).toBeUndefined();
  });

  it('of creators by privilege becomes a level where versions know no such thing', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({ creation_content: { additional_creators: [bob.userId] } });
    const roomId = await upgrade(alice, old, '11', { additional_creators: [bob.userId] });
    expect((await levelsOf(alice, roomId)).users).toEqual({ [alice.userId]: 100, [bob.userId]: 100 });
    expect((await alice.stateContent(roomId, 'm.room.create')).additional_creators).toBeUndefined();
  });
});

describe('what people keep for themselves', () => {
  it('follows them into the new room: tags, direct chats, push rules', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({ preset: 'public_chat', room_version: '11' });
    await bob.join(old);
    for (const user of [alice, bob]) {
      await user.ok('PUT', `/user/${user.userId}/rooms/${segment(old)}/tags/m.favourite`, { body: { order: 0.5 } });
      await user.setAccountData('m.direct', { '@someone:hearth.test': [old] });
      await user.ok('PUT', `/pushrules/global/room/${segment(old)}`, { body: { actions: [] } });
      await user.ok('PUT', `/pushrules/global/override/mute`, {
        body: { actions: [], conditions: [{ kind: 'event_match', key: 'room_id', pattern: old }] },
      });
    }
    const roomId = await upgrade(alice, old, '12');
    for (const user of [alice, bob]) {
      await vi.waitFor(async () => {
        const { tags } = await user.ok('GET', `/user/${user.userId}/rooms/${segment(roomId)}/tags`);
        expect(tags).toEqual({ 'm.favourite': { order: 0.5 } });
        const direct = await user.ok('GET', `/user/${user.userId}/account_data/m.direct`);
        expect(direct).toEqual({ '@someone:hearth.test': [old, roomId] });
        const rules = (await user.ok('GET', '/pushrules/')).global;
        expect(rules.room.map((rule: any) => rule.rule_id)).toEqual([old, roomId]);
        const muted = rules.override.flatMap(({ conditions }: any) => conditions?.map((each: any) => each.pattern));
        expect(muted).toEqual(expect.arrayContaining([old, roomId]));
      });
    }
  });

  it('follows whoever joins a room that was made by hand to replace another', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const old = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(old);
    await bob.ok('PUT', `/user/${bob.userId}/rooms/${segment(old)}/tags/m.lowpriority`, { body: {} });
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      creation_content: { predecessor: { room_id: old } },
    });
    const tags = async () => (await bob.ok('GET', `/user/${bob.userId}/rooms/${segment(roomId)}/tags`)).tags;
    expect(await tags()).toEqual({});
    await bob.join(roomId);
    await vi.waitFor(async () => expect(await tags()).toEqual({ 'm.lowpriority': {} }));
  });
});

describe('an upgrade is refused', () => {
  it('to a version that there is not', async () => {
    const alice = await town.person('alice');
    const old = await alice.createRoom();
    expect(await tryUpgrade(alice, old, '999')).toMatchObject(refusal(400, 'M_UNSUPPORTED_ROOM_VERSION'));
    expect(await alice.post(roomPath(old, 'upgrade'), {})).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
  });

  it('to those who may not close the room, and leaves nothing behind', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    const old = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(old);
    for (const user of [bob, carol]) {
      expect(await tryUpgrade(user, old, '12')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
    expect((await alice.get(roomPath(old, 'state/m.room.tombstone'))).status).toBe(404);
    expect((await bob.get('/joined_rooms')).body).toEqual({ joined_rooms: [old] });
  });

  it('with creators that are no users', async () => {
    const alice = await town.person('alice');
    const reply = await tryUpgrade(alice, await alice.createRoom(), '12', { additional_creators: ['bob'] });
    expect(reply).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });
});
