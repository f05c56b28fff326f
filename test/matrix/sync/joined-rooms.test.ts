import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const roomOf = (body: any, roomId: RoomId): any => body.rooms?.join?.[roomId];
const bodies = (room: any): string[] =>
  (room?.timeline?.events ?? []).flatMap((event: TestEvent) => event.content.body ?? []);
const filter = (given: object): string => JSON.stringify(given);
const types = (events: TestEvent[]): string[] => events.map((event) => event.type);

/** Two people in a room, who both have seen everything. */
async function pair(options: Parameters<TestUser['createRoom']>[0] = { preset: 'public_chat' }) {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom(options);
  await bob.join(roomId);
  await alice.sync();
  await bob.sync();
  return { alice, bob, roomId };
}

describe('a first sync', () => {
  it('shows all of a room: state before the timeline, and both together hold every state event once', async () => {
    const { bob, roomId } = await pair({ preset: 'public_chat', name: 'Kitchen', topic: 'What to cook' });
    bob.since = undefined;
    const room = roomOf(await bob.sync({ filter: filter({ room: { timeline: { limit: 3 } } }) }), roomId);
    expect(room.timeline.limited).toBe(true);
    expect(room.timeline.events).toHaveLength(3);
    const keys = [...room.state.events, ...room.timeline.events].map((event) => `${event.type} ${event.state_key}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(types(room.state.events)).toEqual(expect.arrayContaining(['m.room.create', 'm.room.power_levels']));
    expect(room.state.events.every((event: TestEvent) => event.room_id === undefined)).toBe(true);
  });

  it('pages on from prev_batch without a gap or an overlap', async () => {
    const { alice, bob, roomId } = await pair();
    for (let index = 0; index < 8; index += 1) await alice.say(roomId, `message ${index}`);
    bob.since = undefined;
    const room = roomOf(await bob.sync({ filter: filter({ room: { timeline: { limit: 4 } } }) }), roomId);
    const page = await bob.messages(roomId, { dir: 'b', from: room.timeline.prev_batch, limit: 4 });
    const older = page.chunk.map((event) => event.content.body).toReversed();
    expect([...older, ...bodies(room)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((index) => `message ${index}`));
  });

  it('counts who is there and names heroes where the room has no name', async () => {
    const { alice, bob, roomId } = await pair();
    const carol = await someone('carol');
    await alice.invite(roomId, carol);
    bob.since = undefined;
    expect(roomOf(await bob.sync(), roomId).summary).toEqual({
      'm.heroes': [alice.userId, carol.userId].sort(),
      'm.joined_member_count': 2,
      'm.invited_member_count': 1,
    });
    await alice.setState(roomId, 'm.room.name', { name: 'Attic' });
    bob.since = undefined;
    expect(roomOf(await bob.sync(), roomId).summary['m.heroes']).toBeUndefined();
  });
});

describe('an incremental sync', () => {
  it('shows what came since, and nothing when nothing came', async () => {
    const { alice, bob, roomId } = await pair();
    expect(roomOf(await bob.sync(), roomId)).toBeUndefined();
    await alice.say(roomId, 'one');
    await alice.say(roomId, 'two');
    const room = roomOf(await bob.sync(), roomId);
    expect(bodies(room)).toEqual(['one', 'two']);
    expect(room.timeline.limited).toBe(false);
    expect(room.state.events).toEqual([]);
    expect(roomOf(await bob.sync(), roomId)).toBeUndefined();
  });

  it('wakes a long poll when something comes, and only then', async () => {
    const { alice, bob, roomId } = await pair();
    let answered = false;
    const waiting = bob.sync({ timeout: 20_000 }).then((body) => {
      answered = true;
      return body;
    });
    await alice.createRoom();
    await alice.sync();
    expect(answered).toBe(false);
    await alice.say(roomId, 'wake up');
    expect(bodies(roomOf(await waiting, roomId))).toEqual(['wake up']);
  });

  it('says that a timeline is cut short, and what state changed in the gap', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.setState(roomId, 'm.room.topic', { topic: 'first' });
    await alice.setState(roomId, 'm.room.topic', { topic: 'second' });
    for (let index = 0; index < 5; index += 1) await alice.say(roomId, `message ${index}`);
    const room = roomOf(await bob.sync({ filter: filter({ room: { timeline: { limit: 2 } } }) }), roomId);
    expect(room.timeline.limited).toBe(true);
    expect(bodies(room)).toEqual(['message 3', 'message 4']);
    expect(room.state.events.map((event: TestEvent) => event.content.topic)).toEqual(['second']);
  });

  it.each([
    ['use_state_after', 'state_after'],
    ['org.matrix.msc4222.use_state_after', 'org.matrix.msc4222.state_after'],
  ])('with %s says the state after the timeline', async (parameter, key) => {
    const { alice, bob, roomId } = await pair();
    await alice.setState(roomId, 'm.room.topic', { topic: 'in the timeline' });
    const room = roomOf(await bob.sync({ [parameter]: true }), roomId);
    expect(room.state).toBeUndefined();
    expect(room[key].events.map((event: TestEvent) => event.content.topic)).toEqual(['in the timeline']);
  });

  it('shows everything of a room that was just joined', async () => {
    const { alice, roomId } = await pair();
    await alice.say(roomId, 'before carol');
    const carol = await someone('carol');
    await carol.sync();
    await carol.join(roomId);
    const room = roomOf(await carol.sync(), roomId);
    expect(types([...room.state.events, ...room.timeline.events])).toContain('m.room.create');
    expect(bodies(room)).toEqual(['before carol']);
  });

  it('with full_state shows all state of all rooms and answers at once', async () => {
    const { bob, roomId } = await pair();
    const room = roomOf(await bob.sync({ full_state: true, timeout: 20_000 }), roomId);
    expect(types(room.state.events)).toEqual(expect.arrayContaining(['m.room.create', 'm.room.member']));
    expect(room.timeline.events).toEqual([]);
  });

  it('tells only the device that sent an event its transaction id', async () => {
    const { alice, roomId } = await pair();
    const phone = await alice.logIn();
    await phone.sync();
    await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'mine' }, 'txn 1');
    const own = roomOf(await alice.sync(), roomId).timeline.events.at(-1);
    const other = roomOf(await phone.sync(), roomId).timeline.events.at(-1);
    expect(own.unsigned.transaction_id).toBe('txn 1');
    expect(other.unsigned.transaction_id).toBeUndefined();
  });

  it('does not show what ignored people say', async () => {
    const { alice, bob, roomId } = await pair();
    await bob.setAccountData('m.ignored_user_list', { ignored_users: { [alice.userId]: {} } });
    await bob.sync();
    await alice.say(roomId, 'unheard');
    expect(bodies(roomOf(await bob.sync(), roomId))).toEqual([]);
  });

  it('survives a restart with the same token', async () => {
    await using two = await startHomeserver();
    const alice = await two.register('alice');
    const roomId = await alice.createRoom();
    await alice.sync();
    await alice.say(roomId, 'before');
    await two.restart();
    await alice.say(roomId, 'after');
    expect(bodies(roomOf(await alice.sync(), roomId))).toEqual(['before', 'after']);
  });
});

describe('lazily loaded members', () => {
  const lazy = filter({ room: { timeline: { limit: 1 }, state: { lazy_load_members: true } } });
  const members = (room: any): string[] =>
    room.state.events
      .filter((event: TestEvent) => event.type === 'm.room.member')
      .map((event: TestEvent) => event.state_key);

  it('are those who speak in the timeline, and oneself', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.setState(roomId, 'm.room.name', { name: 'Attic' });
    for (const name of ['carol', 'dave']) await (await someone(name)).join(roomId);
    await alice.say(roomId, 'hello');
    bob.since = undefined;
    expect(members(roomOf(await bob.sync({ filter: lazy }), roomId)).sort()).toEqual([alice.userId, bob.userId].sort());
  });

  it('are those too whom a room without a name is named after', async () => {
    const { alice, bob, roomId } = await pair();
    const carol = await someone('carol');
    await carol.join(roomId);
    await alice.say(roomId, 'hello');
    bob.since = undefined;
    const everybody = [alice.userId, bob.userId, carol.userId].sort();
    expect(members(roomOf(await bob.sync({ filter: lazy }), roomId)).sort()).toEqual(everybody);
    await alice.say(roomId, 'hello again');
    expect(members(roomOf(await bob.sync({ filter: lazy }), roomId))).toEqual([]);
  });

  it('are not said again to a device that knows them', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'one');
    await bob.sync({ filter: lazy });
    await alice.say(roomId, 'two');
    expect(members(roomOf(await bob.sync({ filter: lazy }), roomId))).toEqual([]);
    await alice.setDisplayName('Alice the Second');
    await bob.syncUntil(roomId, (event) => event.type === 'm.room.member');
    await alice.say(roomId, 'three');
    const room = roomOf(await bob.sync({ filter: lazy }), roomId);
    expect(bodies(room)).toEqual(['three']);
  });
});

describe('filters', () => {
  it('choose rooms, types and senders', async () => {
    const { alice, bob, roomId } = await pair();
    const other = await alice.createRoom();
    await alice.say(roomId, 'seen');
    await bob.say(roomId, 'not seen');
    await alice.setState(roomId, 'm.room.topic', { topic: 'not seen either' });
    const given = filter({
      room: { rooms: [roomId], timeline: { types: ['m.room.message'], senders: [alice.userId] } },
    });
    alice.since = undefined;
    const body = await alice.sync({ filter: given });
    expect(Object.keys(body.rooms.join)).toEqual([roomId]);
    expect(body.rooms.join[other]).toBeUndefined();
    expect(bodies(roomOf(body, roomId))).toEqual(['seen']);
  });

  it('can be stored and named by their id', async () => {
    const { alice, roomId } = await pair();
    const { filter_id: id } = await alice.ok('POST', `/user/${encodeURIComponent(alice.userId)}/filter`, {
      body: { room: { timeline: { limit: 1 } } },
    });
    await alice.say(roomId, 'one');
    await alice.say(roomId, 'two');
    expect(bodies(roomOf(await alice.sync({ filter: id }), roomId))).toEqual(['two']);
  });

  it('leave only the fields that are asked for', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'hello');
    const room = roomOf(
      await bob.sync({
        filter: filter({
          event_fields: ['content.body', 'type', 'sender', 'event_id', 'origin_server_ts', 'content.msgtype'],
        }),
      }),
      roomId,
    );
    expect(Object.keys(room.timeline.events.at(-1)).sort()).toEqual([
      'content',
      'event_id',
      'origin_server_ts',
      'sender',
      'type',
    ]);
  });

  it.each([
    ['text that is no JSON', '{'],
    ['a part of the wrong type', '{"room":{"timeline":{"limit":"ten"}}}'],
    ['an id that nobody gave', '4711'],
  ])('are refused when they are %s', async (_case, given) => {
    const alice = await someone('alice');
    const reply = await alice.get('/sync', { filter: given });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
  });

  it('refuse a since that is no token', async () => {
    const alice = await someone('alice');
    expect(await alice.get('/sync', { since: 'yesterday' })).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
  });
});
