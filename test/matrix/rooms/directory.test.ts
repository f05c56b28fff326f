import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { DirectoryStore } from '../../../src-main/matrix/rooms/directory.store.js';
import type { RoomAlias, RoomId, UserId } from '../../../src-main/spec/ids.js';
import type { TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

let aliases = 0;
const newAlias = (name = 'alias') => {
  aliases += 1;
  return `#${name}-${aliases}:hearth.test`;
};
const aliasPath = (alias: string) => `/directory/room/${segment(alias)}`;
const name = (user: TestUser, alias: string, roomId: RoomId) => user.put(aliasPath(alias), { room_id: roomId });
const canonical = (user: TestUser, roomId: RoomId, content: JsonObject) =>
  user.put(roomPath(roomId, 'state/m.room.canonical_alias'), content);

async function roomOfTwo(options: JsonObject = {}) {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

describe('aliases', () => {
  it('lead to their room for everybody, in any script', async () => {
    const { alice, roomId } = await roomOfTwo();
    for (const alias of [newAlias(), newAlias('Küche-厨房-\u{1f600}')]) {
      expect(await name(alice, alias, roomId)).toEqual({ status: 200, body: {} });
      expect(await town.server.stranger.get(aliasPath(alias))).toEqual({
        status: 200,
        body: { room_id: roomId, servers: ['hearth.test'] },
      });
    }
  });

  it('are five hundred of one room, and two thousand of one person, at most', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const other = await bob.createRoom();
    const store = new DirectoryStore();
    const give = (room: RoomId, creator: UserId, count: number) =>
      town.server.homeserver.db.write(async (tx) => {
        for (let i = 0; i < count; i += 1) {
          await store.insertAlias(tx, { alias: newAlias() as RoomAlias, roomId: room, creator }, 0);
        }
      });
    await give(roomId, alice.userId, 500);
    expect(await name(alice, newAlias(), roomId)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await give('!elsewhere:hearth.test', bob.userId, 2000);
    expect(await name(bob, newAlias(), other)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('are listed to members, and to all where all may read', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const eve = await town.person('eve');
    const alias = newAlias();
    await name(alice, alias, roomId);
    expect(await bob.ok('GET', roomPath(roomId, 'aliases'))).toEqual({ aliases: [alias] });
    expect(await eve.get(roomPath(roomId, 'aliases'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'world_readable' });
    expect(await eve.ok('GET', roomPath(roomId, 'aliases'))).toEqual({ aliases: [alias] });
  });

  it('are given by members of the room, once each, on this server only', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const eve = await town.person('eve');
    const alias = newAlias();
    expect(await name(eve, alias, roomId)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await name(bob, alias, roomId)).toMatchObject({ status: 200 });
    expect(await name(alice, alias, roomId)).toMatchObject(refusal(409, 'M_UNKNOWN'));
    expect(await name(alice, '#x:elsewhere.test', roomId)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await name(alice, 'x', roomId)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await alice.put(aliasPath(newAlias()), {})).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
  });

  it('are taken away by who made them, by moderators and by administrators of the server', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const carol = await town.person('carol');
    await carol.join(roomId);
    const admin = await town.server.registerAdmin('admin');
    const [ofBob, second, third] = [newAlias(), newAlias(), newAlias()];
    for (const alias of [ofBob, second, third]) await name(bob, alias, roomId);
    expect(await carol.delete(aliasPath(ofBob))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    for (const [user, alias] of [
      [bob, ofBob],
      [alice, second],
      [admin, third],
    ] as const) {
      expect(await user.delete(aliasPath(alias))).toEqual({ status: 200, body: {} });
      expect(await user.get(aliasPath(alias))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      expect(await user.delete(aliasPath(alias))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    }
  });

  it('taken away are no longer announced, if who took them away may say so', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const [main, other, third] = [newAlias(), newAlias(), newAlias()];
    await name(alice, main, roomId);
    for (const alias of [other, third]) await name(bob, alias, roomId);
    await canonical(alice, roomId, { alias: main, alt_aliases: [other, third] });
    await bob.ok('DELETE', aliasPath(third));
    expect(await alice.stateContent(roomId, 'm.room.canonical_alias')).toMatchObject({ alt_aliases: [other, third] });
    await alice.ok('DELETE', aliasPath(other));
    await alice.ok('DELETE', aliasPath(main));
    expect(await alice.stateContent(roomId, 'm.room.canonical_alias')).toEqual({ alt_aliases: [third] });
  });

  it('are announced only while they lead to the room', async () => {
    const { alice, roomId } = await roomOfTwo();
    const elsewhere = await alice.createRoom();
    const [here, there, gone] = [newAlias(), newAlias(), newAlias()];
    await name(alice, here, roomId);
    await name(alice, there, elsewhere);
    await name(alice, gone, roomId);
    await alice.ok('DELETE', aliasPath(gone));
    for (const wrong of [there, gone, newAlias(), '#x:elsewhere.test']) {
      expect(await canonical(alice, roomId, { alias: wrong })).toMatchObject(refusal(400, 'M_BAD_ALIAS'));
      const alternative = { alias: here, alt_aliases: [wrong] };
      expect(await canonical(alice, roomId, alternative)).toMatchObject(refusal(400, 'M_BAD_ALIAS'));
    }
    expect(await canonical(alice, roomId, { alias: here, alt_aliases: [here] })).toMatchObject({ status: 200 });
    expect(await canonical(alice, roomId, { alt_aliases: [5] })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await canonical(alice, roomId, {})).toMatchObject({ status: 200 });
  });
});

const list = (user: TestUser, query = {}) => user.ok('GET', '/publicRooms', { query });

const search = (user: TestUser, body: JsonObject) => user.ok('POST', '/publicRooms', { body });

describe('the published directory', () => {
  it('shows what a room says of itself', async () => {
    const { alice, roomId } = await roomOfTwo({ visibility: 'public', name: 'A kitchen', topic: 'Food' });
    const alias = newAlias();
    await name(alice, alias, roomId);
    await canonical(alice, roomId, { alias });
    await alice.setState(roomId, 'm.room.avatar', { url: 'mxc://hearth.test/a' });
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'world_readable' });
    const { chunk } = await list(alice);
    expect(chunk.find((room: JsonObject) => room['room_id'] === roomId)).toEqual({
      room_id: roomId,
      name: 'A kitchen',
      topic: 'Food',
      canonical_alias: alias,
      avatar_url: 'mxc://hearth.test/a',
      num_joined_members: 2,
      join_rule: 'public',
      world_readable: true,
      guest_can_join: false,
    });
  });

  it('finds rooms by words and by type', async () => {
    const alice = await town.person('alice');
    const space = await alice.createRoom({
      visibility: 'public',
      name: 'Zebra space',
      creation_content: { type: 'm.space' },
    });
    const room = await alice.createRoom({ visibility: 'public', topic: 'all about ZEBRAS' });
    const found = async (filter: JsonObject) =>
      (await search(alice, { filter })).chunk.map((entry: JsonObject) => entry['room_id']).sort();
    const both = [space, room].sort();
    expect(await found({ generic_search_term: 'zebra' })).toEqual(both);
    expect(await found({ generic_search_term: 'zebra', room_types: ['m.space'] })).toEqual([space]);
    expect(await found({ generic_search_term: 'zebra', room_types: [null] })).toEqual([room]);
    expect(await found({ generic_search_term: 'zebra', room_types: [null, 'm.space'] })).toEqual(both);
    expect(await found({ generic_search_term: 'okapi' })).toEqual([]);
    expect((await search(alice, { filter: { room_types: ['m.space'] } })).chunk[0].room_type).toBe('m.space');
  });

  it('gives the largest first, page by page', async () => {
    const alice = await town.person('alice');
    const term = `pages-${alice.deviceId}`;
    const rooms: RoomId[] = [];
    for (let n = 0; n < 5; n += 1) {
      rooms.push(await alice.createRoom({ visibility: 'public', name: `${term} ${n}` }));
    }
    const bob = await town.person('bob');
    await bob.join(rooms[3] as RoomId);
    const seen: string[] = [];
    let page = await search(alice, { limit: 2, filter: { generic_search_term: term } });
    expect(page.chunk[0].room_id).toBe(rooms[3]);
    expect(page.total_room_count_estimate).toBe(5);
    for (;;) {
      seen.push(...page.chunk.map((room: JsonObject) => room['room_id']));
      if (page.next_batch === undefined) break;
      page = await search(alice, { limit: 2, since: page.next_batch, filter: { generic_search_term: term } });
    }
    expect([...seen].sort()).toEqual([...rooms].sort());
    const back = await search(alice, { limit: 2, since: page.prev_batch, filter: { generic_search_term: term } });
    expect(back.chunk).toHaveLength(2);
  });

  it('is filled by those who may say how the room is called', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const path = `/directory/list/room/${segment(roomId)}`;
    const stranger = town.server.stranger;
    expect(await stranger.ok('GET', path)).toEqual({ visibility: 'private' });
    expect(await bob.put(path, { visibility: 'public' })).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await alice.put(path, {})).toEqual({ status: 200, body: {} });
    expect(await stranger.ok('GET', path)).toEqual({ visibility: 'public' });
    await alice.ok('PUT', path, { body: { visibility: 'private' } });
    expect((await list(alice)).chunk.map((room: JsonObject) => room['room_id'])).not.toContain(roomId);
    const unknown = '/directory/list/room/!none%3Ahearth.test';
    expect(await stranger.get(unknown)).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await alice.put(path, { visibility: 'secret' })).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });

  it('shows rooms as they are now, however often it is asked', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    await alice.ok('PUT', `/directory/list/room/${segment(roomId)}`, { body: { visibility: 'public' } });
    const shown = async () => (await list(alice)).chunk.find(({ room_id: id }: { room_id: string }) => id === roomId);
    expect(await shown()).toMatchObject({ num_joined_members: 2 });
    expect(await shown()).not.toHaveProperty('name');
    await alice.setState(roomId, 'm.room.name', { name: 'Kitchen' });
    await bob.leave(roomId);
    expect(await shown()).toMatchObject({ num_joined_members: 1, name: 'Kitchen' });
    await alice.ok('PUT', `/directory/list/room/${segment(roomId)}`, { body: { visibility: 'private' } });
    expect(await shown()).toBeUndefined();
  });

  it('is not shown to strangers, nor for servers that are not asked yet', async () => {
    const alice = await town.person('alice');
    expect(await town.server.stranger.get('/publicRooms')).toMatchObject(refusal(401, 'M_MISSING_TOKEN'));
    expect(await alice.get('/publicRooms', { server: 'hearth.test' })).toMatchObject({ status: 200 });
    expect(await alice.get('/publicRooms', { since: 'nonsense' })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await alice.get('/publicRooms', { limit: -1 })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect((await alice.get('/publicRooms', { limit: 0 })).status).toBe(200);
  });
});
