import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { DIALECTS, type ListWish, said, SlidingClient, stateOf } from './sliding-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> =>
  one.register(`${name}${(count += 1)}`, { displayName: name.toUpperCase() });
const all = (more: ListWish = {}) => ({ lists: { all: { range: [0, 99] as const, ...more } } });

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

describe.each(DIALECTS)('a room in the %s dialect', (dialect) => {
  it('comes whole at first, and then only with what is new', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'one');
    const client = new SlidingClient(bob, dialect);
    const state = [['m.room.create', '']] as const;
    const first = await client.sync(all({ state, limit: 1 }));
    expect(first.lists['all']).toEqual({ count: 1 });
    const room = first.rooms[roomId];
    expect(room).toMatchObject({
      initial: true,
      name: 'Hall',
      limited: true,
      num_live: 0,
      joined_count: 2,
      invited_count: 0,
    });
    expect(said(room)).toEqual(['one']);
    expect(stateOf(room)).toEqual(['m.room.create|']);
    expect(room?.heroes).toBeUndefined();

    await alice.say(roomId, 'two');
    const second = (await client.sync(all({ state, limit: 1 }))).rooms[roomId];
    expect(said(second)).toEqual(['two']);
    expect(second).toMatchObject({ limited: false, num_live: 1 });
    expect(second).not.toHaveProperty('initial');
    expect(second).not.toHaveProperty('name');
    expect(stateOf(second)).toEqual([]);
    expect((await client.sync(all({ state, limit: 1 }))).rooms).toEqual({});
  });

  it('says that it left something out, and where to go on', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    await client.sync(all({ limit: 2 }));
    for (const body of ['one', 'two', 'three', 'four']) await alice.say(roomId, body);
    const room = (await client.sync(all({ limit: 2 }))).rooms[roomId];
    expect(said(room)).toEqual(['three', 'four']);
    expect(room).toMatchObject({ limited: true, num_live: 2 });
    const page = await bob.messages(roomId, { from: room?.['prev_batch'], limit: 2 });
    expect(page.chunk.map((event) => event.content.body)).toEqual(['two', 'one']);
    const byPos = await bob.messages(roomId, { from: client.pos, limit: 1 });
    expect(byPos.chunk.map((event) => event.content.body)).toEqual(['four']);
  });

  it('shows names and pictures as they come and go', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    await client.sync(all());
    await alice.setState(roomId, 'm.room.name', { name: 'Attic' });
    await alice.setState(roomId, 'm.room.avatar', { url: 'mxc://hearth.test/abc' });
    expect((await client.sync(all())).rooms[roomId]).toMatchObject({ name: 'Attic', avatar: 'mxc://hearth.test/abc' });
    await alice.setState(roomId, 'm.room.name', { name: '' });
    await alice.setState(roomId, 'm.room.avatar', {});
    const room = (await client.sync(all())).rooms[roomId];
    expect(room?.['avatar']).toBeNull();
    if (dialect === 'v4') expect(room?.['name']).toBeNull();
    expect(room?.['heroes']).toEqual([{ user_id: alice.userId, displayname: 'ALICE' }]);
  });

  it('without a name names the others in it', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const roomId = await alice.createRoom({ preset: 'private_chat', invite: [bob.userId], is_direct: true });
    const client = new SlidingClient(alice, dialect);
    const room = (await client.sync(all())).rooms[roomId];
    expect(room).not.toHaveProperty('name');
    expect(room).toMatchObject({
      heroes: [{ user_id: bob.userId, displayname: 'BOB' }],
      joined_count: 1,
      invited_count: 1,
    });
    await bob.join(roomId);
    expect((await client.sync(all())).rooms[roomId]).toMatchObject({ joined_count: 2, invited_count: 0 });
  });

  it('is bumped by messages, and not by members', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'one');
    const client = new SlidingClient(alice, dialect);
    const before = (await client.sync(all())).rooms[roomId]?.['bump_stamp'];
    await bob.setDisplayName('Robert');
    await bob.leave(roomId);
    const after = (await client.sync(all())).rooms[roomId];
    expect(after?.timeline?.at(-1)).toMatchObject({ type: 'm.room.member', content: { membership: 'leave' } });
    expect(after?.['bump_stamp']).toBe(before);
    await alice.say(roomId, 'two');
    expect((await client.sync(all())).rooms[roomId]?.['bump_stamp']).toBeGreaterThan(before);
  });

  it('sends members as its timeline needs them, each once', async () => {
    const { alice, bob, roomId } = await pair();
    await bob.say(roomId, 'hi');
    const client = new SlidingClient(alice, dialect);
    const wish = all({
      state: [
        ['m.room.member', '$LAZY'],
        ['m.room.member', '$ME'],
      ],
      limit: 1,
    });
    const first = (await client.sync(wish)).rooms[roomId];
    expect(stateOf(first)).toEqual([`m.room.member|${alice.userId}`, `m.room.member|${bob.userId}`]);
    await bob.say(roomId, 'again');
    expect(stateOf((await client.sync(wish)).rooms[roomId])).toEqual([]);
    await bob.setDisplayName('Robert');
    const renamed = (await client.sync({ ...wish, timeout: 10_000 })).rooms[roomId];
    expect(renamed?.state).toMatchObject([{ state_key: bob.userId, content: { displayname: 'Robert' } }]);
  });

  it('sends members again whose first sending was lost', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(alice, dialect);
    const wish = all({ state: [['m.room.member', '$LAZY']], limit: 1 });
    await client.sync(wish);
    const carol = await someone('carol');
    await carol.join(roomId);
    await client.sync(wish);
    await bob.say(roomId, 'hi');
    const lost = (await client.peek(wish)).rooms[roomId];
    expect(stateOf((await client.sync(wish)).rooms[roomId])).toEqual(stateOf(lost));
    await carol.say(roomId, 'hi');
    expect(stateOf((await client.sync(wish)).rooms[roomId])).toEqual([]);
  });

  it('sends all state but members for the wildcard with lazy members', async () => {
    const { bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    const room = (
      await client.sync(
        all({
          state: [
            ['*', '*'],
            ['m.room.member', '$LAZY'],
          ],
          limit: 0,
        }),
      )
    ).rooms[roomId];
    expect(stateOf(room)).toContain('m.room.power_levels|');
    expect(stateOf(room).filter((key) => key.startsWith('m.room.member'))).toEqual([]);
    const whole = new SlidingClient(bob, dialect, 'whole');
    const members = (await whole.sync(all({ state: [['*', '*']], limit: 0 }))).rooms[roomId];
    expect(stateOf(members).filter((key) => key.startsWith('m.room.member'))).toHaveLength(2);
    const some = new SlidingClient(bob, dialect, 'some');
    const topics = (
      await some.sync(
        all({
          state: [
            ['m.room.member', '*'],
            ['m.room.topic', ''],
          ],
          limit: 0,
        }),
      )
    ).rooms[roomId];
    expect(stateOf(topics)).toHaveLength(2);
  });

  it('sends state that changes where it is asked for, and no other', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    const wish = all({
      state: [
        ['m.room.topic', ''],
        ['org.example.many', '*'],
      ],
    });
    await client.sync(wish);
    await alice.setState(roomId, 'm.room.topic', { topic: 'tea' });
    await alice.setState(roomId, 'org.example.many', { n: 1 }, 'a');
    await alice.setState(roomId, 'org.example.other', {});
    expect(stateOf((await client.sync(wish)).rooms[roomId])).toEqual(['m.room.topic|', 'org.example.many|a']);
  });

  it('sends at once what a larger wish adds', async () => {
    const { alice, bob, roomId } = await pair();
    for (const body of ['one', 'two', 'three']) await alice.say(roomId, body);
    const client = new SlidingClient(bob, dialect);
    await client.sync(all({ limit: 1, state: [['m.room.create', '']] }));
    const wish = { ...all({ limit: 1, state: [['m.room.create', '']] }), timeout: 10_000 };
    const larger = { ...wish, rooms: { [roomId]: { limit: 3, state: [['m.room.name', '']] as const } } };
    const expanded = (await client.sync(larger)).rooms[roomId];
    expect(expanded).toMatchObject({ isExpanded: true, num_live: 0 });
    expect(expanded).not.toHaveProperty('initial');
    expect(said(expanded)).toEqual(['one', 'two', 'three']);
    expect(stateOf(expanded)).toEqual(['m.room.name|']);
    // Neither a smaller wish nor the same again brings anything.
    expect((await client.sync({ ...wish, timeout: 0 })).rooms).toEqual({});
    expect((await client.sync({ ...larger, timeout: 0 })).rooms).toEqual({});
    await alice.say(roomId, 'four');
    const room = (await client.sync(larger)).rooms[roomId];
    expect(room?.isExpanded).toBe(false);
    expect(said(room)).toEqual(['four']);
  });

  it('fills a gap that a smaller wish left', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    await client.sync(all({ limit: 5 }));
    for (const body of ['one', 'two', 'three']) await alice.say(roomId, body);
    expect(said((await client.sync(all({ limit: 1 }))).rooms[roomId])).toEqual(['three']);
    const room = (await client.sync(all({ limit: 3 }))).rooms[roomId];
    expect(said(room)).toEqual(['one', 'two', 'three']);
    expect(room?.isExpanded).toBe(true);
  });

  it('shows its own transaction to the device that sent it, and relations', async () => {
    const { bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    await client.sync(all());
    const eventId = await bob.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'mine' }, 'txn1');
    await bob.send(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: '* edited',
      'm.new_content': { msgtype: 'm.text', body: 'edited' },
      'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
    });
    const room = (await client.sync(all())).rooms[roomId];
    expect(room?.timeline?.[0]).toMatchObject({ event_id: eventId, unsigned: { transaction_id: 'txn1' } });
    expect(room?.timeline?.[0].unsigned['m.relations']).toHaveProperty(['m.replace']);
    expect(room?.timeline?.[0]).not.toHaveProperty('room_id');
  });

  it('keeps the messages of ignored people out', async () => {
    const { alice, bob, roomId } = await pair();
    await bob.setAccountData('m.ignored_user_list', { ignored_users: { [alice.userId]: {} } });
    const client = new SlidingClient(bob, dialect);
    await alice.say(roomId, 'one');
    expect(said((await client.sync(all())).rooms[roomId])).toEqual([]);
    await alice.say(roomId, 'two');
    expect((await client.sync(all())).rooms).toEqual({});
    const other = await alice.createRoom();
    await alice.invite(other, bob);
    expect((await client.sync(all())).rooms).toEqual({});
  });

  it('tells live events from history where a room comes late', async () => {
    const { alice, bob, roomId } = await pair();
    const client = new SlidingClient(bob, dialect);
    await client.sync({ lists: {} });
    await alice.say(roomId, 'new');
    const room = (await client.sync({ rooms: { [roomId]: { limit: 3 } } })).rooms[roomId];
    expect(room).toMatchObject({ initial: true, num_live: 1 });
    expect(room?.timeline).toHaveLength(3);
  });

  it('shows nothing of the time before one came, where that is not shared', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const visibility = { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } };
    const roomId = await alice.createRoom({ preset: 'public_chat', initial_state: [visibility] });
    await alice.say(roomId, 'secret');
    await bob.join(roomId);
    await alice.say(roomId, 'open');
    const client = new SlidingClient(bob, dialect);
    expect(said((await client.sync(all({ limit: 50 }))).rooms[roomId])).toEqual(['open']);
    await bob.leave(roomId);
    await alice.say(roomId, 'secret again');
    await bob.join(roomId);
    await alice.say(roomId, 'open again');
    const back = (await client.sync(all({ limit: 50 }))).rooms[roomId];
    expect(back).toMatchObject({ initial: true });
    expect(said(back)).toEqual(['open', 'open again']);
  });

  it('shows redacted state as such', async () => {
    const { alice, bob, roomId } = await pair();
    const topic = await alice.setState(roomId, 'm.room.topic', { topic: 'secret' });
    await alice.redact(roomId, topic, 'oops');
    const client = new SlidingClient(bob, dialect);
    const room = (await client.sync(all({ state: [['m.room.topic', '']], limit: 0 }))).rooms[roomId];
    expect(room?.state?.[0]).toMatchObject({
      content: {},
      unsigned: { redacted_because: { content: { reason: 'oops' } } },
    });
  });
});
