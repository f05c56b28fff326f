import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { DIALECTS, SlidingClient } from './sliding-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const all = { all: { range: [0, 99] as const, limit: 1 } };
const wait = { timeout: 20_000 };

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const type = (user: TestUser, roomId: RoomId, typing: boolean) =>
  user.ok('PUT', `/rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(user.userId)}`, {
    body: { typing, ...(typing && { timeout: 30_000 }) },
  });

const uploadKeys = async (user: TestUser) => {
  const keys = { [`curve25519:${user.deviceId}`]: 'abc', [`ed25519:${user.deviceId}`]: 'def' };
  const algorithms = ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'];
  const ids = { user_id: user.userId, device_id: user.deviceId };
  const device_keys = { ...ids, algorithms, keys, signatures: {} };
  await user.ok('POST', '/keys/upload', { body: { device_keys } });
};

describe.each(DIALECTS)('to_device in the %s dialect', (dialect) => {
  const extensions = (since?: string, limit?: number) => ({
    extensions: { to_device: { enabled: true, since, limit } },
  });
  const bodies = (slid: any): string[] => slid.extensions.to_device.events.map((event: any) => event.content.body);

  it('delivers messages until the client says that it has them', async () => {
    const { alice, bob } = await pair();
    const client = new SlidingClient(bob, dialect);
    const first = await client.sync(extensions());
    expect(first.extensions.to_device).toEqual({ events: [], next_batch: expect.any(String) });
    const since = first.extensions.to_device.next_batch;
    const waiting = client.sync({ ...extensions(since), ...wait });
    await alice.sendToDevice('m.test', { [bob.userId]: { [bob.deviceId]: { body: 'one' } } });
    const second = await waiting;
    expect(second.extensions.to_device.events).toEqual([
      { type: 'm.test', sender: alice.userId, content: { body: 'one' } },
    ]);
    expect(bodies(await client.sync(extensions(since)))).toEqual(['one']);
    expect(bodies(await client.sync(extensions(second.extensions.to_device.next_batch)))).toEqual([]);
    await expect.poll(async () => bodies(await client.sync(extensions(since)))).toEqual([]);
  });

  it('delivers as many at once as the client wants, in order', async () => {
    const { alice, bob } = await pair();
    for (const body of ['one', 'two', 'three']) {
      await alice.sendToDevice('m.test', { [bob.userId]: { '*': { body } } });
    }
    const client = new SlidingClient(bob, dialect);
    const first = await client.sync(extensions(undefined, 2));
    expect(bodies(first)).toEqual(['one', 'two']);
    const next = first.extensions.to_device.next_batch;
    expect(bodies(await client.sync(extensions(next, 2)))).toEqual(['three']);
  });

  it('keeps its messages when the connection begins anew', async () => {
    const { alice, bob } = await pair();
    const { next_batch } = (await new SlidingClient(bob, dialect).sync(extensions())).extensions.to_device;
    await alice.sendToDevice('m.test', { [bob.userId]: { '*': { body: 'one' } } });
    expect(bodies(await new SlidingClient(bob, dialect).sync(extensions(next_batch)))).toEqual(['one']);
  });
});

describe.each(DIALECTS)('e2ee in the %s dialect', (dialect) => {
  const wish = { extensions: { e2ee: { enabled: true } } };

  it('counts keys, and wakes when somebody’s devices change', async () => {
    const { alice, bob } = await pair();
    const client = new SlidingClient(bob, dialect, 'encryption');
    const first = await client.sync(wish);
    expect(first.extensions.e2ee).toEqual({
      device_one_time_keys_count: { signed_curve25519: 0 },
      device_unused_fallback_key_types: [],
    });
    const waiting = client.sync({ ...wish, ...wait });
    await uploadKeys(alice);
    expect((await waiting).extensions.e2ee.device_lists).toEqual({ changed: [alice.userId], left: [] });
    expect((await client.sync(wish)).extensions.e2ee).not.toHaveProperty('device_lists');
  });

  it('wakes when people come into sight and go out of it', async () => {
    const { alice, bob, roomId } = await pair();
    const carol = await someone('carol');
    const client = new SlidingClient(alice, dialect, 'encryption');
    await client.sync(wish);
    const joining = client.sync({ ...wish, ...wait });
    await carol.join(roomId);
    expect((await joining).extensions.e2ee.device_lists).toEqual({ changed: [carol.userId], left: [] });
    const leaving = client.sync({ ...wish, ...wait });
    await bob.leave(roomId);
    expect((await leaving).extensions.e2ee.device_lists).toEqual({ changed: [], left: [bob.userId] });
  });
});

describe.each(DIALECTS)('account_data in the %s dialect', (dialect) => {
  const wish = (more = {}) => ({ lists: all, extensions: { account_data: { enabled: true, ...more } } });

  it('shows all at first, and wakes for what changes', async () => {
    const { bob, roomId } = await pair();
    await bob.setAccountData('org.example.a', { n: 1 });
    await bob.setAccountData('org.example.r', { n: 2 }, roomId);
    await bob.setAccountData('org.example.gone', {}, roomId);
    const client = new SlidingClient(bob, dialect);
    const { global, rooms } = (await client.sync(wish())).extensions.account_data;
    expect(global).toContainEqual({ type: 'org.example.a', content: { n: 1 } });
    expect(global.map((event: any) => event.type)).toContain('m.push_rules');
    expect(rooms).toEqual({ [roomId]: [{ type: 'org.example.r', content: { n: 2 } }] });
    const waiting = client.sync({ ...wish(), ...wait });
    await bob.setAccountData('org.example.r', { n: 3 }, roomId);
    expect((await waiting).extensions.account_data).toEqual({
      global: [],
      rooms: { [roomId]: [{ type: 'org.example.r', content: { n: 3 } }] },
    });
    expect((await client.sync(wish())).extensions.account_data).toEqual({ global: [], rooms: {} });
    const another = client.sync({ ...wish(), ...wait });
    await bob.setAccountData('org.example.a', { n: 4 });
    expect((await another).extensions.account_data).toEqual({
      global: [{ type: 'org.example.a', content: { n: 4 } }],
      rooms: {},
    });
  });

  it('brings later what changed about a room outside of the window', async () => {
    const { bob, roomId } = await pair();
    await bob.createRoom();
    const client = new SlidingClient(bob, dialect);
    const extensions = wish().extensions;
    await client.sync({ lists: { all: { range: [0, 1], limit: 1 } }, extensions });
    await bob.setAccountData('org.example.r', { n: 1 }, roomId);
    const top = { lists: { all: { range: [0, 0] as const, limit: 1 } }, extensions };
    expect((await client.sync(top)).extensions.account_data.rooms).toEqual({});
    await client.sync(top);
    const late = await client.sync({ lists: { all: { range: [0, 1], limit: 1 } }, extensions });
    expect(late.extensions.account_data.rooms).toEqual({ [roomId]: [{ type: 'org.example.r', content: { n: 1 } }] });
    expect(late.rooms).toEqual({});
  });

  it('shows nothing of rooms to connections that ask for none', async () => {
    const { bob, roomId } = await pair();
    await bob.setAccountData('org.example.r', { n: 1 }, roomId);
    const slid = await new SlidingClient(bob, dialect).sync({ extensions: { account_data: { enabled: true } } });
    expect(slid.extensions.account_data.rooms).toEqual({});
    expect(slid.rooms).toEqual({});
  });
});

describe.each(DIALECTS)('receipts in the %s dialect', (dialect) => {
  const wish = (more = {}) => ({ lists: all, extensions: { receipts: { enabled: true, rooms: ['*'], ...more } } });

  it('come for the events shown, and then as they move', async () => {
    const { alice, bob, roomId } = await pair();
    const old = await alice.say(roomId, 'old');
    await bob.receipt(roomId, old);
    const eventId = await alice.say(roomId, 'new');
    await alice.receipt(roomId, eventId);
    await bob.receipt(roomId, old, 'm.read.private');
    const client = new SlidingClient(bob, dialect);
    const first = (await client.sync(wish())).extensions.receipts.rooms[roomId];
    expect(first).toMatchObject({
      type: 'm.receipt',
      content: {
        [eventId]: { 'm.read': { [alice.userId]: { ts: expect.any(Number) } } },
        [old]: { 'm.read': { [bob.userId]: {} }, 'm.read.private': { [bob.userId]: {} } },
      },
    });
    const stranger = new SlidingClient(alice, dialect);
    const seen = (await stranger.sync(wish())).extensions.receipts.rooms[roomId].content;
    expect(seen).not.toHaveProperty([old]);
    const waiting = client.sync({ ...wish(), ...wait });
    const last = await alice.say(roomId, 'last');
    await waiting;
    await client.sync(wish());
    const moving = client.sync({ ...wish(), ...wait });
    await alice.receipt(roomId, last);
    expect((await moving).extensions.receipts.rooms[roomId].content).toHaveProperty([last, 'm.read', alice.userId]);
    expect((await client.sync(wish())).extensions.receipts.rooms).toEqual({});
  });

  it('come for the rooms and lists that are named only', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.receipt(roomId, await alice.say(roomId, 'hi'));
    const rooms = async (client: SlidingClient, more: object, subscribed = false) => {
      const subscriptions = subscribed ? { [roomId]: { limit: 1 } } : {};
      const slid = await client.sync({ ...wish(more), rooms: subscriptions });
      return Object.keys(slid.extensions.receipts.rooms);
    };
    const fresh = () => new SlidingClient(bob, dialect);
    expect(await rooms(fresh(), { lists: [], rooms: [] }, true)).toEqual([]);
    expect(await rooms(fresh(), { lists: ['other'], rooms: ['*'] })).toEqual([]);
    expect(await rooms(fresh(), { lists: ['all'], rooms: [] })).toEqual([roomId]);
    expect(await rooms(fresh(), { lists: [], rooms: ['*'] })).toEqual([]);
    expect(await rooms(fresh(), { lists: [], rooms: ['*'] }, true)).toEqual([roomId]);
    expect(await rooms(fresh(), { lists: [], rooms: [roomId] }, true)).toEqual([roomId]);
  });
});

describe.each(DIALECTS)('typing in the %s dialect', (dialect) => {
  const wish = { lists: all, extensions: { typing: { enabled: true } } };
  const typing = (userIds: string[]) => ({ type: 'm.typing', content: { user_ids: userIds } });

  it('wakes when somebody types, and when they stop', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    expect((await client.sync(wish)).extensions.typing).toEqual({ rooms: {} });
    const starting = client.sync({ ...wish, ...wait });
    await type(alice, roomId, true);
    const started = await starting;
    expect(started.extensions.typing.rooms).toEqual({ [roomId]: typing([alice.userId]) });
    expect(started.rooms).toEqual({});
    const ending = client.sync({ ...wish, ...wait });
    await type(alice, roomId, false);
    expect((await ending).extensions.typing.rooms).toEqual({ [roomId]: typing([]) });
    expect((await client.sync(wish)).extensions.typing.rooms).toEqual({});
  });

  it('shows at first who types then, and later that they stopped meanwhile', async () => {
    const { alice, bob, roomId } = await pair();
    await bob.createRoom();
    await type(alice, roomId, true);
    const client = new SlidingClient(bob, dialect);
    const both = { ...wish, lists: { all: { range: [0, 1] as const, limit: 1 } } };
    const top = { ...wish, lists: { all: { range: [0, 0] as const, limit: 1 } } };
    expect((await client.sync(both)).extensions.typing.rooms).toEqual({ [roomId]: typing([alice.userId]) });
    await type(alice, roomId, false);
    expect((await client.sync(top)).extensions.typing.rooms).toEqual({});
    await client.sync(top);
    expect((await client.sync(both)).extensions.typing.rooms).toEqual({ [roomId]: typing([]) });
  });
});

it('lets extensions that are not asked for wait', async () => {
  const { alice, bob, roomId } = await pair();
  await alice.receipt(roomId, await alice.say(roomId, 'hi'));
  const client = new SlidingClient(bob, 'unstable');
  expect((await client.sync({ lists: all })).extensions).toEqual({});
  const late = await client.sync({
    lists: all,
    extensions: { receipts: { enabled: true }, typing: { enabled: true } },
  });
  expect(late.extensions).toMatchObject({ typing: { rooms: {} }, receipts: { rooms: {} } });
});

describe.each(DIALECTS)('thread subscriptions in the %s dialect', (dialect) => {
  const NAME = 'io.element.msc4308.thread_subscriptions';
  const threads = (limit?: number) => ({ extensions: { [NAME]: { enabled: true, limit } } });
  const pathOf = (roomId: RoomId, root: string) =>
    `/_matrix/client/unstable/io.element.msc4306/rooms/${roomId}/thread/${root}/subscription`;

  it('tells all devices of what changed, and where the rest is', async () => {
    const { alice, roomId } = await pair();
    const [a, b] = [await alice.say(roomId, 'a'), await alice.say(roomId, 'b')];
    await alice.put(pathOf(roomId, a), {});
    await alice.put(pathOf(roomId, b), {});
    const client = new SlidingClient(await alice.logIn(), dialect);
    const first = (await client.sync(threads(1))).extensions[NAME];
    expect(first).toEqual({
      subscribed: { [roomId]: { [b]: { automatic: false, bump_stamp: expect.any(Number) } } },
      prev_batch: expect.any(String),
    });
    const rest = '/_matrix/client/unstable/io.element.msc4308/thread_subscriptions';
    const { body } = await alice.get(rest, { dir: 'b', from: first.prev_batch });
    expect(Object.keys(body.subscribed[roomId])).toEqual([a]);

    const waiting = client.sync({ ...threads(), ...wait });
    await alice.delete(pathOf(roomId, a));
    const bumped = { bump_stamp: expect.any(Number) };
    expect((await waiting).extensions[NAME]).toEqual({ unsubscribed: { [roomId]: { [a]: bumped } } });
    expect((await client.sync(threads())).extensions).not.toHaveProperty([NAME]);
  });
});
