import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { DIALECTS, said, SlidingClient } from './sliding-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const all = { lists: { all: { range: [0, 99] as const, limit: 5 } } };
const expired = { status: 400, body: { errcode: 'M_UNKNOWN_POS' } };

async function alone() {
  const alice = await someone('alice');
  const roomId = await alice.createRoom({ name: 'Cell' });
  return { alice, roomId };
}

describe.each(DIALECTS)('a connection in the %s dialect', (dialect) => {
  it('repeats what was lost until the next pos is used', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    await client.sync(all);
    await alice.say(roomId, 'one');
    for (const body of ['one', 'one']) expect(said((await client.peek(all)).rooms[roomId])).toEqual([body]);
    await alice.say(roomId, 'two');
    const room = (await client.sync(all)).rooms[roomId];
    expect(said(room)).toEqual(['one', 'two']);
    expect(room).toMatchObject({ num_live: 2 });
    expect((await client.sync(all)).rooms).toEqual({});
  });

  it('repeats rooms that came for the first time', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    await client.sync({ lists: {} });
    expect((await client.peek(all)).rooms[roomId]).toMatchObject({ initial: true });
    expect((await client.sync(all)).rooms[roomId]).toMatchObject({ initial: true });
    expect((await client.sync(all)).rooms).toEqual({});
  });

  it('lets a client change its mind when it asks again', async () => {
    const { alice, roomId } = await alone();
    const other = await alice.createRoom();
    const client = new SlidingClient(alice, dialect);
    await client.sync({ lists: {} });
    await client.peek({ rooms: { [roomId]: {} } });
    expect(Object.keys((await client.sync({ rooms: { [other]: {} } })).rooms)).toEqual([other]);
    expect(Object.keys((await client.sync(all)).rooms)).toEqual([roomId]);
  });

  it('begins anew without a pos, and ends the one before', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    const { pos } = await client.sync(all);
    client.pos = undefined;
    expect((await client.sync(all)).rooms[roomId]).toMatchObject({ initial: true });
    expect((await client.sync(all)).rooms).toEqual({});
    client.pos = pos;
    expect(await client.ask(all)).toMatchObject(expired);
  });

  it('lives beside other connections of its device', async () => {
    const { alice, roomId } = await alone();
    const list = new SlidingClient(alice, dialect, 'room-list');
    const encryption = new SlidingClient(alice, dialect, 'encryption');
    const nameless = new SlidingClient(alice, dialect);
    for (const client of [list, nameless]) expect((await client.sync(all)).rooms).toHaveProperty([roomId]);
    const wish = { extensions: { to_device: { enabled: true } } };
    expect((await encryption.sync(wish)).rooms).toEqual({});
    await alice.say(roomId, 'one');
    for (const client of [list, nameless]) expect(said((await client.sync(all)).rooms[roomId])).toEqual(['one']);
    expect((await encryption.sync(wish)).rooms).toEqual({});
  });

  it('is known to no other user, device or connection', async () => {
    const { alice } = await alone();
    const bob = await someone('bob');
    const tablet = await alice.logIn();
    const { pos } = await new SlidingClient(alice, dialect, 'a').sync(all);
    const strangers = [
      new SlidingClient(bob, dialect, 'a'),
      new SlidingClient(tablet, dialect, 'a'),
      new SlidingClient(alice, dialect, 'b'),
      new SlidingClient(alice, dialect),
    ];
    for (const stranger of strangers) {
      stranger.pos = pos;
      expect(await stranger.ask(all)).toMatchObject(expired);
    }
  });

  it.each(['nonsense', 's1', 's1_2_3', 's1_2_0_4', 's999999999999_1_1_1', 's1_2_3_4', "s1_2_3_4'--"])(
    'is not found by the pos %s',
    async (pos) => {
      const { alice } = await alone();
      const client = new SlidingClient(alice, dialect);
      client.pos = pos;
      expect(await client.ask(all)).toMatchObject(expired);
    },
  );

  it('waits for news', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    await client.sync(all);
    const waiting = client.sync({ ...all, timeout: 20_000 });
    await alice.say(roomId, 'one');
    expect(said((await waiting).rooms[roomId])).toEqual(['one']);
  });

  it('gives up an earlier request for a later one', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    await client.sync(all);
    const early = client.peek({ ...all, timeout: 20_000 });
    const other = await alice.createRoom();
    const late = client.sync({ ...all, timeout: 20_000 });
    expect((await early).rooms).toBeDefined();
    expect(Object.keys((await late).rooms)).toEqual([other]);
    await alice.say(roomId, 'one');
    expect(Object.keys((await client.sync(all)).rooms)).toEqual([roomId]);
  });

  it('survives that its client hangs up', async () => {
    const { alice, roomId } = await alone();
    const client = new SlidingClient(alice, dialect);
    await client.sync(all);
    const hangUp = new AbortController();
    const cut = client.peek({ ...all, timeout: 20_000 }, hangUp.signal).catch(() => 'cut');
    hangUp.abort();
    expect(await cut).toBe('cut');
    await alice.say(roomId, 'one');
    expect(said((await client.sync(all)).rooms[roomId])).toEqual(['one']);
  });

  it('has at most twenty of its kind on a device', async () => {
    const { alice } = await alone();
    const first = new SlidingClient(alice, dialect, 'first');
    await first.sync(all);
    for (let n = 0; n < 20; n += 1) await new SlidingClient(alice, dialect, `c${n}`).sync({ lists: {} });
    await expect.poll(async () => (await storedConnections(alice)).length).toBe(20);
  });
});

const storedConnections = (user: TestUser) =>
  one.homeserver.db.all<[string, string], { conn_id: string }>(
    { sql: 'SELECT DISTINCT conn_id FROM sliding_states WHERE user_id = ? AND device_id = ?' },
    user.userId,
    user.deviceId,
  );

it('is forgotten with its device', async () => {
  const { alice } = await alone();
  await new SlidingClient(alice, 'v4').sync(all);
  expect(await storedConnections(alice)).toHaveLength(1);
  await alice.ok('POST', '/logout', { body: {} });
  await expect.poll(() => storedConnections(alice)).toEqual([]);
});

it('writes nothing while its rooms stay the same', async () => {
  const { alice, roomId } = await alone();
  const client = new SlidingClient(alice, 'unstable');
  await client.sync(all);
  const states = () =>
    one.homeserver.db.all<[string], { state: number }>(
      { sql: 'SELECT state FROM sliding_states WHERE user_id = ? ORDER BY state' },
      alice.userId,
    );
  await client.sync(all);
  const before = await states();
  await alice.say(roomId, 'one');
  await client.sync(all);
  await client.sync(all);
  expect(await states()).toEqual(before);
});

it('survives a restart of the server', async () => {
  await using two = await startHomeserver();
  const alice = await two.register('alice');
  const roomId = await alice.createRoom({ name: 'Cell' });
  const client = new SlidingClient(alice, 'unstable', 'room-list');
  await client.sync(all);
  await alice.say(roomId, 'before');
  await two.restart();
  await alice.say(roomId, 'after');
  const room = (await client.sync(all)).rooms[roomId];
  expect(said(room)).toEqual(['before', 'after']);
  expect(room).not.toHaveProperty('initial');
  expect((await client.sync(all)).rooms).toEqual({});
});

describe('a request in the unstable dialect', () => {
  const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync';
  const list = { required_state: [], timeline_limit: 1 };
  const many = (value: unknown, name = (n: number) => `l${n}`) =>
    Object.fromEntries(Array.from({ length: 101 }, (_, n) => [name(n), value]));

  it.each([
    ['text', 'nonsense', 'M_NOT_JSON'],
    ['a list', [], 'M_BAD_JSON'],
    ['lists that are none', { lists: [] }, 'M_BAD_JSON'],
    ['a list without timeline_limit', { lists: { a: { required_state: [] } } }, 'M_MISSING_PARAM'],
    ['a list without required_state', { lists: { a: { timeline_limit: 1 } } }, 'M_MISSING_PARAM'],
    ['a limit below zero', { lists: { a: { ...list, timeline_limit: -1 } } }, 'M_BAD_JSON'],
    ['a range of one number', { lists: { a: { ...list, ranges: [[1]] } } }, 'M_BAD_JSON'],
    ['a range below zero', { lists: { a: { ...list, ranges: [[-1, 5]] } } }, 'M_BAD_JSON'],
    ['a filter of the wrong type', { lists: { a: { ...list, filters: { is_dm: 'yes' } } } }, 'M_BAD_JSON'],
    ['required state of the wrong form', { lists: { a: { ...list, required_state: ['m.room.name'] } } }, 'M_BAD_JSON'],
    ['too many lists', { lists: many(list) }, 'M_BAD_JSON'],
    ['too long a name of a list', { lists: { ['x'.repeat(65)]: list } }, 'M_BAD_JSON'],
    ['too many subscriptions', { room_subscriptions: many(list, (n) => `!r${n}:x`) }, 'M_BAD_JSON'],
    ['a conn_id of the wrong type', { conn_id: 5 }, 'M_BAD_JSON'],
    ['extensions of the wrong type', { extensions: { to_device: 'yes' } }, 'M_BAD_JSON'],
    ['a foreign since', { extensions: { to_device: { enabled: true, since: 's1_2' } } }, 'M_INVALID_PARAM'],
  ])('with %s is refused', async (_case, body, errcode) => {
    const { alice } = await alone();
    expect(await alice.request('POST', path, { body })).toMatchObject({ status: 400, body: { errcode } });
  });

  it.each([
    ['a timeout below zero', { timeout: -1 }],
    ['a timeout that is no number', { timeout: 'long' }],
    ['an unknown presence', { set_presence: 'busy' }],
  ])('with %s is refused', async (_case, query) => {
    const { alice } = await alone();
    const refused = { status: 400, body: { errcode: 'M_INVALID_PARAM' } };
    expect(await alice.request('POST', path, { body: {}, query })).toMatchObject(refused);
  });

  it('says its transaction again, and knows no names of others’ extensions', async () => {
    const { alice } = await alone();
    const extensions = { 'org.example.new': { enabled: true } };
    const body = await alice.ok('POST', path, { body: { txn_id: 'abc', extensions, sort: ['by_recency'] } });
    expect(body).toEqual({ pos: expect.any(String), txn_id: 'abc', lists: {}, rooms: {}, extensions: {} });
  });

  it('needs an access token', async () => {
    expect(await one.stranger.request('POST', path, { body: {} })).toMatchObject({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN' },
    });
  });

  it('may name several ranges', async () => {
    const alice = await someone('alice');
    const ids: RoomId[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await alice.createRoom());
    const body = {
      lists: {
        a: {
          ...list,
          ranges: [
            [0, 0],
            [2, 2],
          ],
        },
      },
    };
    const [, second, , fourth] = ids;
    expect(Object.keys((await alice.ok('POST', path, { body })).rooms).sort()).toEqual([second, fourth].sort());
  });
});

describe('a request in the v4 dialect', () => {
  const path = '/_matrix/client/v4/sync';
  const list = { required_state: {}, timeline_limit: 1 };

  it.each([
    ['a range of three numbers', { lists: { a: { ...list, range: [1, 2, 3] } } }, 'M_BAD_JSON'],
    ['required state as pairs', { lists: { a: { ...list, required_state: [] } } }, 'M_BAD_JSON'],
    ['an unknown presence', { set_presence: 'busy' }, 'M_INVALID_PARAM'],
    ['a timeout below zero', { timeout: -1 }, 'M_BAD_JSON'],
  ])('with %s is refused', async (_case, body, errcode) => {
    const { alice } = await alone();
    expect(await alice.request('POST', path, { body })).toMatchObject({ status: 400, body: { errcode } });
  });

  it('may exclude state, and ask for one state key of any type', async () => {
    const { alice, roomId } = await alone();
    await alice.setState(roomId, 'org.example.x', {}, 'key');
    const ask = async (required_state: unknown) => {
      const body = { lists: { a: { timeline_limit: 0, required_state } } };
      const { rooms } = await alice.ok('POST', path, { body });
      return rooms[roomId].required_state.map((event: any) => event.type);
    };
    const most = await ask({ include: [{}], exclude: [{ type: 'm.room.create' }, { type: 'm.room.member' }] });
    expect(most).toContain('m.room.name');
    expect(most).not.toContain('m.room.create');
    expect(most).not.toContain('m.room.member');
    expect(await ask({ include: [{ state_key: 'key' }] })).toEqual(['org.example.x']);
    expect(await ask({})).toEqual([]);
  });

  it('knows no unread counts', async () => {
    const { alice, roomId } = await alone();
    const { rooms } = await alice.ok('POST', path, { body: { lists: { a: list } } });
    expect(rooms[roomId]).not.toHaveProperty('notification_count');
  });
});
