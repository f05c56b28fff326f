import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { ROOM_VERSIONS } from '../../../src-main/spec/room-version.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';
import { refusal, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

const entry = (state: readonly TestEvent[], type: string, stateKey = '') =>
  state.find((event) => event.type === type && event.state_key === stateKey);

/** The contents of a new room's state, by type and state key. */
async function stateOf(user: TestUser, roomId: RoomId): Promise<Record<string, any>> {
  const state = await user.state(roomId);
  return Object.fromEntries(state.map((event) => [`${event.type}|${event.state_key}`, event.content]));
}

describe('presets', () => {
  it.each([
    ['private_chat', 'invite', 'shared', 'can_join', 0],
    ['trusted_private_chat', 'invite', 'shared', 'can_join', 0],
    ['public_chat', 'public', 'shared', 'forbidden', 50],
  ])('%s sets join rule %s, history %s, guests %s', async (preset, joinRule, history, guests, invite) => {
    const alice = await town.person('alice');
    const state = await stateOf(alice, await alice.createRoom({ preset }));
    expect(state['m.room.join_rules|']).toEqual({ join_rule: joinRule });
    expect(state['m.room.history_visibility|']).toEqual({ history_visibility: history });
    expect(state['m.room.guest_access|']).toEqual({ guest_access: guests });
    expect(state['m.room.power_levels|'].invite).toBe(invite);
  });

  it.each([
    ['public', 'public'],
    ['private', 'invite'],
  ])('visibility %s alone chooses the preset with join rule %s', async (visibility, joinRule) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({ visibility });
    expect(await alice.stateContent(roomId, 'm.room.join_rules')).toEqual({ join_rule: joinRule });
    const listed = await alice.ok('GET', `/directory/list/room/${segment(roomId)}`);
    expect(listed).toEqual({ visibility });
  });

  it('a trusted chat makes the invited administrators before version 12', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom({ preset: 'trusted_private_chat', room_version: '11', invite: [bob.userId] });
    const { users } = await alice.stateContent(roomId, 'm.room.power_levels');
    expect(users).toEqual({ [alice.userId]: 100, [bob.userId]: 100 });
  });

  it('a trusted chat makes the invited creators from version 12, beside those named', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const carol = town.server.userId('carol');
    const roomId = await alice.createRoom({
      preset: 'trusted_private_chat',
      invite: [bob.userId],
      creation_content: { additional_creators: [carol] },
    });
    const create = await alice.stateContent(roomId, 'm.room.create');
    expect(create.additional_creators).toEqual([carol, bob.userId]);
    expect((await alice.stateContent(roomId, 'm.room.power_levels')).users).toEqual({});
  });
});

describe.each(ROOM_VERSIONS)('room version %s', (version) => {
  it('makes a room with all that was asked for, and lets people talk in it', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const name = `Room ${version} ${alice.userId}`;
    const alias = `alias-${version}-${alice.deviceId}`;
    const roomId = await alice.createRoom({
      room_version: version,
      preset: 'public_chat',
      name,
      topic: 'what we talk of',
      room_alias_name: alias,
      creation_content: { type: 'org.example.kind' },
    });
    await bob.join(`#${alias}:hearth.test`);
    const eventId = await bob.say(roomId, 'hello');
    expect(await alice.event(roomId, eventId)).toMatchObject({ content: { body: 'hello' }, room_id: roomId });

    const state = await stateOf(alice, roomId);
    const creator = Number(version) < 11 ? { creator: alice.userId } : {};
    expect(state['m.room.create|']).toEqual({ room_version: version, type: 'org.example.kind', ...creator });
    expect(state['m.room.name|']).toEqual({ name });
    expect(state['m.room.topic|']).toEqual({
      topic: 'what we talk of',
      'm.topic': { 'm.text': [{ body: 'what we talk of', mimetype: 'text/plain' }] },
    });
    expect(state['m.room.canonical_alias|']).toEqual({ alias: `#${alias}:hearth.test` });
    expect(state[`m.room.member|${bob.userId}`]).toMatchObject({ membership: 'join' });
    expect(state['m.room.power_levels|'].users).toEqual(Number(version) < 12 ? { [alice.userId]: 100 } : {});
    expect(state['m.room.power_levels|'].events['m.room.tombstone']).toBe(Number(version) < 12 ? 100 : 150);
  });

  it('forms ids as the version says', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({ room_version: version });
    const eventId = await alice.say(roomId, 'hello');
    expect(roomId).toMatch(Number(version) < 12 ? /^![A-Za-z]{18}:hearth\.test$/ : /^![\w-]{43}$/);
    const forms = [/^\$[\w-]+:hearth\.test$/, /^\$[A-Za-z0-9+/]{43}$/, /^\$[\w-]{43}$/];
    expect(eventId).toMatch(forms[Number(version) < 3 ? 0 : version === '3' ? 1 : 2] as RegExp);
    const create = entry(await alice.state(roomId), 'm.room.create');
    if (version === '12') expect(create?.event_id.slice(1)).toBe(roomId.slice(1));
    expect(create?.['room_id']).toBe(roomId);
  });
});

describe('options', () => {
  it('gives new rooms version 12 by default, whatever creation_content says', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({ creation_content: { room_version: '3', creator: '@mallory:hearth.test' } });
    expect(await alice.stateContent(roomId, 'm.room.create')).toEqual({ room_version: '12' });
  });

  it('lets initial_state win over the preset, and name and topic over initial_state', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({
      preset: 'private_chat',
      topic: 'wins',
      initial_state: [
        { type: 'm.room.history_visibility', content: { history_visibility: 'joined' } },
        { type: 'm.room.topic', state_key: '', content: { topic: 'loses' } },
        { type: 'org.example.thing', state_key: 'a/b', content: { deep: [1, { x: null }] } },
      ],
    });
    const state = await stateOf(alice, roomId);
    expect(state['m.room.history_visibility|']).toEqual({ history_visibility: 'joined' });
    expect(state['m.room.topic|'].topic).toBe('wins');
    expect(state['org.example.thing|a/b']).toEqual({ deep: [1, { x: null }] });
  });

  it('lays power_level_content_override over the levels', async () => {
    const alice = await town.person('alice');
    const bob = town.server.userId('bob');
    const roomId = await alice.createRoom({ power_level_content_override: { users: { [bob]: 50 }, invite: 7 } });
    const levels = await alice.stateContent(roomId, 'm.room.power_levels');
    expect(levels).toMatchObject({ users: { [bob]: 50 }, invite: 7, ban: 50, state_default: 50 });
  });

  it('takes the power levels of initial_state as they are', async () => {
    const alice = await town.person('alice');
    const content = { users: { [alice.userId]: 100 }, events_default: 5 };
    const roomId = await alice.createRoom({
      room_version: '10',
      initial_state: [{ type: 'm.room.power_levels', state_key: '', content }],
    });
    expect(await alice.stateContent(roomId, 'm.room.power_levels')).toEqual(content);
  });

  it('invites people, and says when the chat is direct', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom({ invite: [bob.userId, bob.userId], is_direct: true, name: 'Two' });
    const { rooms } = await bob.sync();
    const stripped: TestEvent[] = rooms.invite[roomId].invite_state.events;
    expect(stripped.find((event) => event.state_key === bob.userId)?.content).toMatchObject({
      membership: 'invite',
      is_direct: true,
    });
    expect(stripped.map(({ type }) => type)).toEqual(expect.arrayContaining(['m.room.create', 'm.room.name']));
    expect(await bob.join(roomId)).toBe(roomId);
  });

  it('tells the creator of the first events in their order', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({ name: 'Kitchen', topic: 'Food' });
    const { chunk } = await alice.messages(roomId, { dir: 'f', limit: 50 });
    const types = chunk.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['m.room.create', 'm.room.member', 'm.room.power_levels']);
    expect(types.slice(-2)).toEqual(['m.room.name', 'm.room.topic']);
  });

  it('answers under the old path too', async () => {
    const alice = await town.person('alice');
    expect(await alice.post('/_matrix/client/r0/createRoom', {})).toMatchObject({ status: 200 });
  });
});

describe('refusals', () => {
  const acl = { type: 'm.room.server_acl', state_key: '', content: { allow: ['elsewhere.test'] } };
  it.each<[string, JsonObject, number, string]>([
    ['an unknown version', { room_version: '99' }, 400, 'M_UNSUPPORTED_ROOM_VERSION'],
    ['a version that is no text', { room_version: 1 }, 400, 'M_BAD_JSON'],
    ['an unknown preset', { preset: 'loud_chat' }, 400, 'M_BAD_JSON'],
    ['an invitation to nobody', { invite: ['bob'] }, 400, 'M_BAD_JSON'],
    ['an alias with a blank', { room_alias_name: 'a b' }, 400, 'M_INVALID_PARAM'],
    ['an alias that is none', { room_alias_name: '#a:hearth.test' }, 400, 'M_INVALID_PARAM'],
    ['a fraction in the state', { initial_state: [{ type: 'org.x', content: { x: 1.5 } }] }, 400, 'M_BAD_JSON'],
    ['state without a type', { initial_state: [{ content: {} }] }, 400, 'M_BAD_JSON'],
    ['levels that are no integers', { power_level_content_override: { ban: '50' } }, 400, 'M_BAD_JSON'],
    ['an access list that locks us out', { initial_state: [acl] }, 400, 'M_BAD_JSON'],
    ['creators that are no users', { creation_content: { additional_creators: ['bob'] } }, 400, 'M_INVALID_ROOM_STATE'],
    ['creators that are no list', { creation_content: { additional_creators: 'x' } }, 400, 'M_INVALID_ROOM_STATE'],
    [
      'levels that lock the creator out',
      { room_version: '11', name: 'x', power_level_content_override: { users: {} } },
      400,
      'M_INVALID_ROOM_STATE',
    ],
    [
      'state of somebody else',
      { initial_state: [{ type: 'org.x', state_key: '@eve:hearth.test', content: {} }] },
      400,
      'M_INVALID_ROOM_STATE',
    ],
  ])('refuses %s', async (_case, body, status, errcode) => {
    const alice = await town.person('alice');
    expect(await alice.post('/createRoom', body)).toMatchObject(refusal(status, errcode));
    expect(await alice.ok('GET', '/joined_rooms')).toEqual({ joined_rooms: [] });
  });

  it('refuses an override that gives the creator of version 12 a level', async () => {
    const alice = await town.person('alice');
    const body = { power_level_content_override: { users: { [alice.userId]: 100 } } };
    expect(await alice.post('/createRoom', body)).toMatchObject(refusal(400, 'M_INVALID_ROOM_STATE'));
  });

  it('refuses an alias that is taken, and makes no room', async () => {
    const alice = await town.person('alice');
    await alice.createRoom({ room_alias_name: 'taken' });
    const reply = await alice.post('/createRoom', { room_alias_name: 'taken' });
    expect(reply).toMatchObject(refusal(400, 'M_ROOM_IN_USE'));
    expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toHaveLength(1);
  });
});
