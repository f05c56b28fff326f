import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { DIALECTS, said, type Slid, SlidingClient, stateOf } from './sliding-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const window = (first: number, last: number) => ({ lists: { all: { range: [first, last] as const, limit: 1 } } });
const idsOf = (slid: Slid): RoomId[] => Object.keys(slid.rooms) as RoomId[];
const tag = (user: TestUser, roomId: RoomId, name: string) =>
  user.setAccountData('m.tag', { tags: { [name]: {} } }, roomId);

async function rooms(user: TestUser, many: number): Promise<RoomId[]> {
  const ids: RoomId[] = [];
  for (let n = 0; n < many; n += 1) ids.push(await user.createRoom({ name: `Room ${n}` }));
  return ids;
}

describe.each(DIALECTS)('a list in the %s dialect', (dialect) => {
  it('shows a window, the latest active first, and says how many there are', async () => {
    const alice = await someone('alice');
    const [a, b, c] = await rooms(alice, 3);
    await alice.say(a as RoomId, 'up');
    const client = new SlidingClient(alice, dialect);
    const first = await client.sync(window(0, 1));
    expect(first.lists['all']).toEqual({ count: 3 });
    expect(idsOf(first).sort()).toEqual([a, c].sort());
    const grown = await client.sync(window(0, 9));
    expect(idsOf(grown)).toEqual([b]);
    expect(grown.rooms[b as RoomId]).toMatchObject({ initial: true });
    expect(idsOf(await client.sync(window(0, 9)))).toEqual([]);
  });

  it('is sorted by any activity, which members are too', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const old = await alice.createRoom({ preset: 'public_chat' });
    await rooms(alice, 2);
    await bob.join(old);
    expect(idsOf(await new SlidingClient(alice, dialect).sync(window(0, 0)))).toEqual([old]);
  });

  it('without a range shows all', async () => {
    const alice = await someone('alice');
    await rooms(alice, 3);
    const slid = await new SlidingClient(alice, dialect).sync({ lists: { all: {} } });
    expect(idsOf(slid)).toHaveLength(3);
  });

  it('beyond its end is empty', async () => {
    const alice = await someone('alice');
    await rooms(alice, 1);
    const slid = await new SlidingClient(alice, dialect).sync(window(5, 10));
    expect(slid).toMatchObject({ lists: { all: { count: 1 } }, rooms: {} });
  });

  it('forgets nothing of a room that was outside of the window', async () => {
    const alice = await someone('alice');
    const [a, b] = (await rooms(alice, 2)) as [RoomId, RoomId];
    const client = new SlidingClient(alice, dialect);
    const wish = { lists: { all: { range: [0, 1] as const, limit: 10 } } };
    const top = { lists: { all: { range: [0, 0] as const, limit: 10 } } };
    await client.sync(wish);
    await alice.say(a, 'one');
    await alice.say(b, 'two');
    expect(idsOf(await client.sync(top))).toEqual([b]);
    await alice.say(b, 'three');
    expect(idsOf(await client.sync(top))).toEqual([b]);
    const late = await client.sync(wish);
    expect(idsOf(late)).toEqual([a]);
    expect(said(late.rooms[a])).toEqual(['one']);
    expect(late.rooms[a]).toMatchObject({ num_live: 0, limited: false });
    expect(late.rooms[a]).not.toHaveProperty('initial');
    expect(idsOf(await client.sync(wish))).toEqual([]);
  });

  it('joins the wishes of several lists and subscriptions', async () => {
    const alice = await someone('alice');
    const [a] = (await rooms(alice, 1)) as [RoomId];
    for (const body of ['one', 'two', 'three']) await alice.say(a, body);
    const slid = await new SlidingClient(alice, dialect).sync({
      lists: { x: { limit: 1, state: [['m.room.name', '']] }, y: { limit: 2, state: [['m.room.create', '']] } },
      rooms: { [a]: { limit: 3, state: [['m.room.join_rules', '']] } },
    });
    expect(said(slid.rooms[a])).toEqual(['one', 'two', 'three']);
    expect(stateOf(slid.rooms[a])).toEqual(['m.room.create|', 'm.room.join_rules|', 'm.room.name|']);
    if (dialect === 'v4') expect(slid.rooms[a]).toMatchObject({ lists: ['x', 'y'], membership: 'join' });
  });

  it('subscribes to no room that the user may not see', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const [a] = (await rooms(alice, 1)) as [RoomId];
    const client = new SlidingClient(bob, dialect);
    const wish = { rooms: { [a]: {}, ['!nothing:hearth.test' as RoomId]: {}, ['nonsense' as RoomId]: {} } };
    expect((await client.sync(wish)).rooms).toEqual({});
    await alice.invite(a, bob);
    const invited = (await client.sync(wish)).rooms[a];
    expect(invited?.stripped?.map((event) => event.type)).toContain('m.room.member');
    expect(invited?.timeline).toBeUndefined();
    await bob.join(a);
    expect((await client.sync(wish)).rooms[a]).toMatchObject({ initial: true, name: 'Room 0' });
  });
});

describe.each(DIALECTS)('filters of the %s dialect', (dialect) => {
  let alice: TestUser;
  const named = new Map<string, RoomId>();
  beforeAll(async () => {
    alice = await someone('alice');
    const bob = await someone('bob');
    named.set('plain', await alice.createRoom({ name: 'Plain' }));
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    named.set('secret', await alice.createRoom({ name: 'Secret talk', initial_state: [encryption] }));
    named.set('direct', await alice.createRoom({ is_direct: true, invite: [bob.userId] }));
    named.set('space', await alice.createRoom({ name: 'Space', creation_content: { type: 'm.space' } }));
    named.set('typed', await alice.createRoom({ creation_content: { type: 'org.example' } }));
    const invitation = await bob.createRoom({ name: 'Party' });
    named.set('invited', invitation);
    await bob.invite(invitation, alice);
    await alice.setAccountData('m.direct', { [bob.userId]: [named.get('direct') ?? ''] });
    await tag(alice, named.get('plain') as RoomId, 'm.favourite');
    await alice.setState(named.get('space') as RoomId, 'm.space.child', { via: ['hearth.test'] }, named.get('secret'));
    await alice.setState(named.get('space') as RoomId, 'm.space.child', {}, named.get('plain'));
  });

  it.each([
    ['nothing', {}, 'direct invited plain secret space typed'],
    ['direct rooms', { is_dm: true }, 'direct'],
    ['rooms that are not direct', { is_dm: false }, 'invited plain secret space typed'],
    ['encrypted rooms', { is_encrypted: true }, 'secret'],
    ['rooms in the clear', { is_encrypted: false }, 'direct invited plain space typed'],
    ['invitations', { is_invite: true }, 'invited'],
    ['no invitations', { is_invite: false }, 'direct plain secret space typed'],
    ['spaces', { room_types: ['m.space'] }, 'space'],
    ['rooms without a type', { room_types: [null] }, 'direct invited plain secret'],
    ['no spaces', { not_room_types: ['m.space'] }, 'direct invited plain secret typed'],
    ['no rooms without a type', { not_room_types: [null] }, 'space typed'],
    ['a type both wanted and not', { room_types: ['m.space', 'org.example'], not_room_types: ['m.space'] }, 'typed'],
    ['favourites', { tags: ['m.favourite', 'm.lowpriority'] }, 'plain'],
    ['no favourites', { not_tags: ['m.favourite'] }, 'direct invited secret space typed'],
    ['a tag both wanted and not', { tags: ['m.favourite'], not_tags: ['m.favourite'] }, ''],
    ['several at once', { is_dm: false, is_invite: false, room_types: [null] }, 'plain secret'],
    ['a part of the name', { room_name_like: 'seCRet' }, 'secret'],
  ])('keep %s', async (_case, filters, expected) => {
    const slid = await new SlidingClient(alice, dialect, 'filters').sync({ lists: { some: { filters, limit: 0 } } });
    const names = [...named].filter(([, roomId]) => slid.rooms[roomId]).map(([name]) => name);
    expect(names.sort().join(' ')).toBe(expected);
    expect(slid.lists['some']).toEqual({ count: names.length });
  });

  it('keep the children of spaces that the user is in', async () => {
    const space = named.get('space');
    const filters = { spaces: [space, '!unknown:hearth.test'] };
    const slid = await new SlidingClient(alice, dialect, 'spaces').sync({ lists: { some: { filters } } });
    expect(idsOf(slid)).toEqual([named.get('secret')]);
    const stranger = await someone('stranger');
    await stranger.createRoom();
    const other = await new SlidingClient(stranger, dialect).sync({ lists: { some: { filters } } });
    expect(other.lists['some']).toEqual({ count: 0 });
  });

  it('follow what the user says of a room', async () => {
    const carol = await someone('carol');
    const [a] = (await rooms(carol, 1)) as [RoomId];
    const client = new SlidingClient(carol, dialect);
    const wish = { lists: { fav: { filters: { tags: ['m.favourite'] } } }, timeout: 10_000 };
    expect((await client.sync(wish)).lists['fav']).toEqual({ count: 0 });
    const waiting = client.sync(wish);
    await tag(carol, a, 'm.favourite');
    expect(await waiting).toMatchObject({ lists: { fav: { count: 1 } }, rooms: { [a]: { initial: true } } });
    const emptied = client.sync(wish);
    await tag(carol, a, 'u.other');
    expect((await emptied).lists['fav']).toEqual({ count: 0 });
  });

  it('tell when a room becomes direct, and when it no longer is', async () => {
    const carol = await someone('carol');
    const [a] = (await rooms(carol, 1)) as [RoomId];
    const client = new SlidingClient(carol, dialect);
    expect((await client.sync(window(0, 9))).rooms[a]).not.toHaveProperty('is_dm');
    await carol.setAccountData('m.direct', { '@bob:hearth.test': [a] });
    expect((await client.sync(window(0, 9))).rooms[a]).toMatchObject({ is_dm: true });
    await carol.setAccountData('m.direct', {});
    expect((await client.sync(window(0, 9))).rooms[a]).toMatchObject({ is_dm: false });
    expect((await client.sync(window(0, 9))).rooms).toEqual({});
  });
});

describe.each(DIALECTS)('memberships in the %s dialect', (dialect) => {
  const all = { lists: { all: { limit: 5, state: [['m.room.member', '$ME']] as const } } };
  const ownMembership = (slid: Slid, roomId: RoomId, user: TestUser) =>
    slid.rooms[roomId]?.state?.find((event) => event.state_key === user.userId)?.content.membership;

  it('show invitations and what becomes of them', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const [a] = (await rooms(alice, 1)) as [RoomId];
    const client = new SlidingClient(bob, dialect);
    await client.sync(all);
    const waiting = client.sync({ ...all, timeout: 10_000 });
    await alice.invite(a, bob);
    const invited = (await waiting).rooms[a];
    expect(invited?.stripped?.at(-1)).toMatchObject({ state_key: bob.userId, content: { membership: 'invite' } });
    expect(invited).toMatchObject({ initial: true });
    expect(invited).not.toHaveProperty('joined_count');
    expect((await client.sync(all)).rooms).toEqual({});
    await bob.leave(a);
    const gone = await client.sync(all);
    expect(ownMembership(gone, a, bob)).toBe('leave');
    if (dialect === 'v4') expect(gone.rooms[a]).toMatchObject({ membership: 'leave' });
    else expect(gone.rooms[a]).not.toHaveProperty('invite_state');
    expect(await client.sync(all)).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } });
  });

  it('show knocks', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const initial_state = [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }];
    const a = await alice.createRoom({ name: 'Study', initial_state });
    await bob.knock(a);
    const slid = await new SlidingClient(bob, dialect).sync(all);
    expect(slid.rooms[a]?.stripped?.at(-1)).toMatchObject({ content: { membership: 'knock' } });
  });

  it('show a room that the user left only if it was sent before, and then once', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const a = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(a);
    const [before, after] = [new SlidingClient(bob, dialect, 'a'), new SlidingClient(bob, dialect, 'b')];
    await before.sync(all);
    await alice.say(a, 'bye');
    await bob.leave(a);
    await alice.say(a, 'unheard');
    const left = await before.sync(all);
    expect(said(left.rooms[a])).toEqual(['bye']);
    expect(ownMembership(left, a, bob)).toBe('leave');
    expect(await before.sync(all)).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } });
    expect(await after.sync(all)).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } });
    await bob.join(a);
    expect((await before.sync(all)).rooms[a]).toMatchObject({ initial: true, joined_count: 2 });
  });

  it.each(['kick', 'ban'] as const)('always show a room that the user was put out of by %s', async (how) => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const a = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
    await bob.join(a);
    const [before, after] = [new SlidingClient(bob, dialect, 'a'), new SlidingClient(bob, dialect, 'b')];
    await before.sync(all);
    await alice.moderate(how, a, bob.userId, 'enough');
    await alice.say(a, 'unheard');
    await alice.setState(a, 'm.room.name', { name: 'Without Bob' });
    const membership = how === 'ban' ? 'ban' : 'leave';
    for (const client of [before, after]) {
      const slid = await client.sync({
        lists: { all: { limit: 50, state: [['m.room.name', ''], ...all.lists.all.state] } },
      });
      expect(ownMembership(slid, a, bob)).toBe(membership);
      expect(said(slid.rooms[a])).toEqual([]);
      expect(JSON.stringify(slid.rooms[a])).not.toContain('Without Bob');
      expect((await client.sync(all)).rooms).toEqual({});
    }
    expect((await after.sync(all)).lists['all']).toEqual({ count: 1 });
    await bob.forget(a);
    expect((await after.sync(all)).lists['all']).toEqual({ count: 0 });
  });

  it('do not show a room whose ban came before any visit', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    const [a] = (await rooms(alice, 1)) as [RoomId];
    await alice.moderate('ban', a, bob.userId);
    expect(await new SlidingClient(bob, dialect).sync(all)).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } });
  });
});

it('counts what is unread in the unstable dialect', async () => {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const a = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(a);
  const client = new SlidingClient(bob, 'unstable');
  expect((await client.sync(window(0, 9))).rooms[a]).toMatchObject({ notification_count: 0, highlight_count: 0 });
  const eventId = await alice.say(a, `hello ${bob.userId}`);
  expect((await client.sync(window(0, 9))).rooms[a]).toMatchObject({ notification_count: 1 });
  const waiting = client.sync({ ...window(0, 9), timeout: 10_000 });
  await bob.receipt(a, eventId);
  expect((await waiting).rooms[a]).toMatchObject({ notification_count: 0 });
});
