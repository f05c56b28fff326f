import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const segment = encodeURIComponent;
const DIRECTORY = '/_matrix/federation/v1/query/directory';
const PUBLIC_ROOMS = '/_matrix/federation/v1/publicRooms';

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let fake: FakeServer;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test', 'shy.test'], {
    config: (name) => ({ federation: { publicRooms: name !== 'shy.test' } }),
  });
  one = federation.server('hs1.test');
  two = federation.server('hs2.test');
  alice = await one.register('alice');
  bob = await two.register('bob');
  fake = await federation.fakeServer('fake.test');
});
afterAll(() => federation.stop());

describe('an alias of another server', () => {
  it.each(['harbour', '老虎£я🤨👉ඬ', 'with space%2f'.replace(' ', '_')])('%s leads to its room', async (name) => {
    const roomId = await bob.createRoom({ preset: 'public_chat', room_alias_name: name });
    const path = `/directory/room/${segment(`#${name}:hs2.test`)}`;
    expect(await alice.get(path)).toEqual({ status: 200, body: { room_id: roomId, servers: ['hs2.test'] } });
    expect(await alice.join(`#${name}:hs2.test`)).toBe(roomId);
    expect((await alice.get(path)).body.servers).toEqual(['hs1.test', 'hs2.test']);
  });

  it.each<[string, number, unknown, number, string]>([
    ['that there is none', 404, { errcode: 'M_NOT_FOUND', error: 'no' }, 404, 'M_NOT_FOUND'],
    ['an error', 500, { errcode: 'M_UNKNOWN', error: 'broken' }, 502, 'M_UNKNOWN'],
    ['a list', 200, [], 404, 'M_NOT_FOUND'],
    ['nothing', 200, {}, 404, 'M_NOT_FOUND'],
    ['something that is no room', 200, { room_id: 'room', servers: ['fake.test'] }, 502, 'M_UNKNOWN'],
  ])('is an error when its server answers %s', async (_case, status, body, expected, errcode) => {
    fake.on('GET', new RegExp(`^${DIRECTORY}`), { status, body, isWrong: true });
    const reply = await alice.get(`/directory/room/${segment('#any:fake.test')}`);
    expect(reply).toMatchObject({ status: expected, body: { errcode } });
  });

  it('names servers that can be ones', async () => {
    const servers = ['fake.test', 'not a server', 5, 'hs9.test', 'fake.test'];
    fake.on('GET', new RegExp(`^${DIRECTORY}`), { body: { room_id: '!a:fake.test', servers }, isWrong: true });
    expect((await alice.get(`/directory/room/${segment('#any:fake.test')}`)).body).toEqual({
      room_id: '!a:fake.test',
      servers: ['fake.test', 'hs9.test'],
    });
  });
});

const askFor = (alias: string) => fake.ask(one, 'GET', `${DIRECTORY}?room_alias=${segment(alias)}`);

describe('a server that asks for an alias', () => {
  it('hears of ours and of no others', async () => {
    const roomId = await alice.createRoom({ room_alias_name: 'ours' });
    expect(await askFor('#ours:hs1.test')).toEqual({ status: 200, body: { room_id: roomId, servers: ['hs1.test'] } });
    expect(await askFor('#nothing:hs1.test')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    expect(await askFor('#harbour:hs2.test')).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } });
    expect(await askFor('ours')).toMatchObject({ status: 400 });
  });
});

describe('the rooms that another server publishes', () => {
  it('are listed, page by page, and searched', async () => {
    for (const name of ['Red', 'Green', 'Blue']) await bob.createRoom({ visibility: 'public', name });
    const all = await alice.ok('GET', '/publicRooms', { query: { server: 'hs2.test' } });
    expect(all.chunk.map(({ name }: { name?: string }) => name)).toEqual(
      expect.arrayContaining(['Red', 'Green', 'Blue']),
    );
    const first = await alice.ok('GET', '/publicRooms', { query: { server: 'hs2.test', limit: 1 } });
    expect(first.chunk).toHaveLength(1);
    const query = { server: 'hs2.test', limit: 1, since: first.next_batch };
    const second = await alice.ok('GET', '/publicRooms', { query });
    expect(second.chunk[0].room_id).not.toBe(first.chunk[0].room_id);
    const body = { filter: { generic_search_term: 'gree' } };
    const found = await alice.ok('POST', '/publicRooms', { query: { server: 'hs2.test' }, body });
    expect(found.chunk).toMatchObject([{ name: 'Green', join_rule: 'public', num_joined_members: 1 }]);
  });

  it('say how one comes in', async () => {
    const initial_state = [{ type: 'm.room.join_rules', content: { join_rule: 'knock' } }];
    await bob.createRoom({ visibility: 'public', name: 'Knock here', initial_state });
    const body = { filter: { generic_search_term: 'knock here' } };
    const found = await alice.ok('POST', '/publicRooms', { query: { server: 'hs2.test' }, body });
    expect(found.chunk).toMatchObject([{ join_rule: 'knock' }]);
  });

  it('are not told by a server that is set not to', async () => {
    const reply = await alice.get('/publicRooms', { server: 'shy.test' });
    expect(reply).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    const asked = federation.exchanges.findLast(({ to }) => to === 'shy.test');
    expect(asked).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });

  it.each<[string, number, unknown, number]>([
    ['is an error', 500, { errcode: 'M_UNKNOWN', error: 'broken' }, 502],
    ['is no list', 200, { chunk: 'many' }, 502],
    ['is no object', 200, [], 502],
  ])('are an error when the answer %s', async (_case, status, body, expected) => {
    fake.on('GET', new RegExp(`^${PUBLIC_ROOMS}`), { status, body, isWrong: true });
    expect((await alice.get('/publicRooms', { server: 'fake.test' })).status).toBe(expected);
  });

  it('are described as rooms are, whatever that server says', async () => {
    const good = { room_id: '!a:fake.test', num_joined_members: 3, world_readable: true, guest_can_join: false };
    const chunk = [
      { ...good, name: { evil: true }, avatar_url: 'https://evil.test/', topic: 'fine' },
      { ...good, room_id: 'no room' },
      { ...good, num_joined_members: -1 },
      { ...good, num_joined_members: 'many' },
      'nonsense',
    ];
    fake.on('GET', new RegExp(`^${PUBLIC_ROOMS}`), { body: { chunk, next_batch: 5 }, isWrong: true });
    const reply = await alice.get('/publicRooms', { server: 'fake.test' });
    expect(reply.body).toEqual({ chunk: [{ ...good, topic: 'fine' }], total_room_count_estimate: 5 });
  });

  it('are asked for by users of this server only', async () => {
    expect(await alice.get('/publicRooms', { server: 'not a server' })).toMatchObject({ status: 400 });
    expect((await one.stranger.get('/publicRooms', { server: 'hs2.test' })).status).toBe(401);
  });

  it('are told to servers that ask', async () => {
    await alice.createRoom({ visibility: 'public', name: 'Open to all' });
    expect((await fake.ask(one, 'GET', `${PUBLIC_ROOMS}?limit=5`)).body.chunk).toMatchObject([{ name: 'Open to all' }]);
    const filter = { generic_search_term: 'nothing like it' };
    expect((await fake.ask(one, 'POST', PUBLIC_ROOMS, { filter })).body.chunk).toEqual([]);
    const shy = federation.server('shy.test');
    expect(await fake.ask(shy, 'GET', PUBLIC_ROOMS)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

/** A space with rooms in it. */
async function space(
  owner: TestUser,
  server: string,
  rooms: readonly RoomId[],
  more: JsonObject = {},
): Promise<RoomId> {
  const roomId = await owner.createRoom({ preset: 'public_chat', creation_content: { type: 'm.space' }, ...more });
  for (const child of rooms) await owner.setState(roomId, 'm.space.child', { via: [server] }, child);
  return roomId;
}

const hierarchy = (user: TestUser, roomId: RoomId, query = {}) =>
  user.get(`/_matrix/client/v1/rooms/${segment(roomId)}/hierarchy`, query);

const idsIn = (body: any): string[] => body.rooms.map((room: { room_id: string }) => room.room_id);

describe('a space with rooms of several servers', () => {
  it('is walked through where this server is not, and shows what everybody may know', async () => {
    const open = await bob.createRoom({ preset: 'public_chat', name: 'open' });
    const secret = await bob.createRoom({ preset: 'private_chat', name: 'secret' });
    const deep = await bob.createRoom({ preset: 'public_chat', name: 'deep' });
    const below = await space(bob, 'hs2.test', [deep]);
    const top = await space(alice, 'hs2.test', [open, secret, below]);
    const { body } = await hierarchy(alice, top);
    expect(idsIn(body).toSorted()).toEqual([top, open, below, deep].toSorted());
    const found = body.rooms.find(({ room_id }: { room_id: string }) => room_id === below);
    expect(found.children_state).toMatchObject([
      { type: 'm.space.child', state_key: deep, content: { via: ['hs2.test'] } },
    ]);
    expect(idsIn((await hierarchy(alice, top, { max_depth: 1 })).body).toSorted()).toEqual(
      [top, open, below].toSorted(),
    );
    const first = (await hierarchy(alice, top, { limit: 2 })).body;
    const second = (await hierarchy(alice, top, { limit: 2, from: first.next_batch })).body;
    expect([...idsIn(first), ...idsIn(second)].toSorted()).toEqual([top, open, below, deep].toSorted());
  });

  it('shows restricted rooms to those who may join them', async () => {
    const top = await space(alice, 'hs2.test', []);
    await bob.join(top, 'hs1.test');
    const join_rules = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: top }] };
    const initial_state = [{ type: 'm.room.join_rules', content: join_rules }];
    const room = await bob.createRoom({ preset: 'private_chat', initial_state });
    await alice.setState(top, 'm.space.child', { via: ['hs2.test'] }, room);
    const carol = await one.register('carol');
    expect(idsIn((await hierarchy(alice, top)).body)).toEqual([top, room]);
    await carol.join(top);
    expect(idsIn((await hierarchy(carol, top)).body)).toEqual([top, room]);
    await carol.leave(top);
    const outside = await hierarchy(carol, top);
    expect(idsIn(outside.body)).toEqual([top]);
  });

  it('goes on where a server is out of reach', async () => {
    const here = await alice.createRoom({ preset: 'public_chat' });
    const there = await bob.createRoom({ preset: 'public_chat' });
    const top = await space(alice, 'hs2.test', [there, here]);
    federation.cut('hs1.test', 'hs2.test');
    expect(idsIn((await hierarchy(alice, top)).body)).toEqual([top, here]);
    federation.heal('hs1.test', 'hs2.test');
  });

  it('does not end in a circle, nor believe what servers say of other rooms', async () => {
    const room = '!loop:fake.test';
    const summary = { num_joined_members: 1, world_readable: true, guest_can_join: false, room_type: 'm.space' };
    const link = {
      type: 'm.space.child',
      sender: '@a:fake.test',
      content: { via: ['fake.test'] },
      origin_server_ts: 1,
    };
    const children_state = [{ ...link, state_key: room }, { ...link, state_key: 'nothing' }, { type: 'm.room.name' }];
    fake.on('GET', /\/hierarchy\//, ({ path }) => ({
      body: {
        room: { ...summary, room_id: path[4] === room ? room : '!other:fake.test', children_state },
        children: [],
      },
      isWrong: true,
    }));
    const top = await space(alice, 'fake.test', [room, '!liar:fake.test'] as RoomId[]);
    const { body } = await hierarchy(alice, top);
    expect(idsIn(body)).toEqual(expect.arrayContaining([top]));
    expect(idsIn(body)).not.toContain('!liar:fake.test');
    expect(new Set(idsIn(body)).size).toBe(idsIn(body).length);
  });
});

const askForSpace = (roomId: string) => fake.ask(one, 'GET', `/_matrix/federation/v1/hierarchy/${segment(roomId)}`);

describe('a server that asks for a space', () => {
  it('hears of the rooms that its people may know', async () => {
    const open = await alice.createRoom({ preset: 'public_chat' });
    const secret = await alice.createRoom({ preset: 'private_chat' });
    const top = await space(alice, 'hs1.test', [open, secret, '!unknown:hs9.test']);
    const { body } = await askForSpace(top);
    expect(body.room).toMatchObject({ room_id: top, room_type: 'm.space' });
    expect(body.room.children_state).toHaveLength(3);
    expect(body.children).toMatchObject([{ room_id: open }]);
    expect(body.inaccessible_children).toEqual([secret]);
  });

  it('hears nothing of those that show themselves to nobody', async () => {
    const secret = await alice.createRoom({ preset: 'private_chat' });
    expect(await askForSpace(secret)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    expect(await askForSpace('!unknown:hs1.test')).toMatchObject({ status: 404 });
  });
});

const summary = (user: TestUser | TestHomeserver['stranger'], room: string, via?: string) =>
  user.get(`/_matrix/client/v1/room_summary/${segment(room)}`, { via });

describe('the summary of a room of another server', () => {
  it('is told to our users, by id and by alias', async () => {
    const roomId = await bob.createRoom({ preset: 'public_chat', name: 'Seen from afar', room_alias_name: 'afar' });
    expect(await summary(alice, roomId, 'hs2.test')).toMatchObject({
      status: 200,
      body: { room_id: roomId, name: 'Seen from afar', membership: 'leave' },
    });
    expect((await summary(alice, '#afar:hs2.test')).body).toMatchObject({ room_id: roomId });
    expect(await summary(alice, '!nothing:hs2.test', 'hs2.test')).toMatchObject({ status: 404 });
    const unseen = await bob.createRoom({ preset: 'public_chat' });
    expect(await summary(one.stranger, unseen, 'hs2.test')).toMatchObject({ status: 404 });
  });

  it('is what the server says that is asked, whatever another one said of the room before', async () => {
    const roomId = await bob.createRoom({ preset: 'public_chat', name: 'As it is' });
    const lie = { room_id: roomId, name: 'A lie', num_joined_members: 1, world_readable: true, guest_can_join: true };
    const room = { ...lie, join_rule: 'public', children_state: [] };
    fake.on('GET', /\/hierarchy\//, { body: { room, children: [], inaccessible_children: [] } });
    expect((await summary(alice, roomId, 'fake.test')).body).toMatchObject({ name: 'A lie' });
    expect((await summary(alice, roomId, 'hs2.test')).body).toMatchObject({ name: 'As it is' });
  });
});
