import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { Query, TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let people = 0;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server[Symbol.asyncDispose]());
const person = (name: string) => server.register(`${name}${(people += 1)}`);

const events = (user: TestUser, query: Query) => user.ok('GET', '/events', { query });
const initialSync = (user: TestUser, query: Query = {}) => user.ok('GET', '/initialSync', { query });
const roomInitialSync = (user: TestUser, roomId: RoomId) => user.get(`/rooms/${roomId}/initialSync`, { limit: 2 });
const bodies = (chunk: { content: { body?: string } }[]) => chunk.map(({ content }) => content.body);
const readable = { type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } };

describe('the old initial sync', () => {
  it('tells of all rooms, with the last messages, and of invitations', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat', visibility: 'public' });
    for (const text of ['one', 'two', 'three']) await alice.say(roomId, text);
    await alice.setAccountData('org.example.own', { a: 1 });
    await alice.setAccountData('org.example.room', { b: 2 }, roomId);
    const invited = await bob.createRoom();
    await bob.invite(invited, alice);
    const body = await initialSync(alice, { limit: 2 });
    expect(body.account_data).toContainEqual({ type: 'org.example.own', content: { a: 1 } });
    const joined = body.rooms.find((room: any) => room.room_id === roomId);
    expect(joined).toMatchObject({ membership: 'join', visibility: 'public' });
    expect(bodies(joined.messages.chunk)).toEqual(['two', 'three']);
    expect(joined.account_data).toEqual([{ type: 'org.example.room', content: { b: 2 } }]);
    expect(joined.state.map((event: any) => event.type)).toContain('m.room.create');
    const invitation = body.rooms.find((room: any) => room.room_id === invited);
    expect(invitation).toMatchObject({ membership: 'invite', inviter: bob.userId, visibility: 'private' });
    expect(invitation.invite).toMatchObject({ type: 'm.room.member', state_key: alice.userId });
    const earlier = await alice.messages(roomId, { dir: 'b', from: joined.messages.start, limit: 1 });
    expect(bodies(earlier.chunk)).toEqual(['one']);
  });

  it('tells of rooms left only when asked, as they were then', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    await bob.leave(roomId);
    await alice.say(roomId, 'not for bob');
    expect((await initialSync(bob)).rooms).toEqual([]);
    const { rooms } = await initialSync(bob, { archived: true });
    expect(rooms).toMatchObject([{ room_id: roomId, membership: 'leave' }]);
    expect(rooms[0].messages.chunk.at(-1)).toMatchObject({ type: 'm.room.member', content: { membership: 'leave' } });
    await bob.forget(roomId);
    expect((await initialSync(bob, { archived: true })).rooms).toEqual([]);
  });
});

describe('the old event stream', () => {
  it('waits for what comes next, and goes on where it ended', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const { end } = await initialSync(bob);
    const waiting = events(bob, { from: end, timeout: 10_000 });
    const eventId = await alice.say(roomId, 'hello');
    const page = await waiting;
    expect(page).toMatchObject({ start: end, chunk: [{ event_id: eventId, room_id: roomId }] });
    expect((await events(bob, { from: page.end, timeout: 0 })).chunk).toEqual([]);
    await alice.say(roomId, 'again');
    expect(bodies((await events(bob, { from: page.end, timeout: 0 })).chunk)).toEqual(['again']);
    expect(bodies((await events(bob, { from: end, timeout: 0 })).chunk)).toEqual(['hello', 'again']);
  });

  it('tells of invitations and of being thrown out', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const { end } = await initialSync(bob);
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    const invited = await events(bob, { from: end, timeout: 0 });
    expect(invited.chunk).toMatchObject([{ type: 'm.room.member', content: { membership: 'invite' } }]);
    await bob.join(roomId);
    await alice.moderate('kick', roomId, bob.userId);
    await alice.say(roomId, 'gone?');
    const { chunk } = await events(bob, { from: invited.end, timeout: 0 });
    expect(chunk.at(-1)).toMatchObject({ content: { membership: 'leave' }, sender: alice.userId });
  });

  it('leaves nothing out when there is more than one answer holds', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const rooms: RoomId[] = [];
    for (const preset of ['public_chat', 'public_chat']) rooms.push(await alice.createRoom({ preset }));
    const [busy, quiet] = rooms as [RoomId, RoomId];
    for (const roomId of rooms) await bob.join(roomId);
    let { end } = await initialSync(bob);
    for (let at = 0; at < 60; at += 1) await alice.say(busy, `busy ${at}`);
    await alice.say(quiet, 'quiet');
    const told: (string | undefined)[] = [];
    for (let page = 0; page < 3; page += 1) {
      const next = await events(bob, { from: end, timeout: 0 });
      told.push(...bodies(next.chunk));
      end = next.end;
    }
    expect(told).toEqual([...Array.from({ length: 60 }, (_, at) => `busy ${at}`), 'quiet']);
  });

  it('does not tell what ignored people say', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    await bob.setAccountData('m.ignored_user_list', { ignored_users: { [alice.userId]: {} } });
    const { end } = await initialSync(bob);
    await alice.say(roomId, 'noise');
    expect((await events(bob, { from: end, timeout: 0 })).chunk).toEqual([]);
  });

  it.each([
    [{ from: 'nonsense' }, 400, 'M_INVALID_PARAM'],
    [{ timeout: 'long' }, 400, 'M_INVALID_PARAM'],
    [{ room_id: '!unknown:hearth.test', timeout: 0 }, 403, 'M_FORBIDDEN'],
  ])('refuses %j', async (query, status, errcode) => {
    expect(await (await person('alice')).get('/events', query)).toMatchObject({ status, body: { errcode } });
  });
});

describe('looking into a room from outside', () => {
  it('shows what the world may read, and goes on with it', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom({ initial_state: [readable] });
    for (const text of ['one', 'two', 'three']) await alice.say(roomId, text);
    const { body } = await roomInitialSync(bob, roomId);
    expect(bodies(body.messages.chunk)).toEqual(['two', 'three']);
    expect(body.membership).toBeUndefined();
    const waiting = events(bob, { room_id: roomId, from: body.messages.end, timeout: 10_000 });
    await alice.say(roomId, 'four');
    expect(bodies((await waiting).chunk)).toEqual(['four']);
  });

  it('is not for closed rooms, and members see their own', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const roomId = await alice.createRoom();
    expect((await roomInitialSync(bob, roomId)).status).toBe(403);
    expect((await events(alice, { room_id: roomId, timeout: 0 })).chunk).toEqual([]);
    expect((await bob.get('/events', { room_id: roomId, timeout: 0 })).status).toBe(403);
    expect((await roomInitialSync(alice, roomId)).body).toMatchObject({ membership: 'join', visibility: 'private' });
  });
});

it('gives a single event to those who may see it', async () => {
  const [alice, bob] = [await person('alice'), await person('bob')];
  const roomId = await alice.createRoom();
  const eventId = await alice.say(roomId, 'hello');
  expect(await alice.ok('GET', `/events/${encodeURIComponent(eventId)}`)).toMatchObject({ event_id: eventId });
  for (const id of [eventId, '$unknown']) {
    expect((await bob.get(`/events/${encodeURIComponent(id)}`)).status).toBe(404);
  }
});
