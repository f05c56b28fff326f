import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestClient, TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let host: TestUser;

beforeAll(async () => {
  server = await startHomeserver();
  const { registration } = server.config;
  await server.restart({ registration: { ...registration, guests: true } });
  host = await server.register('host');
});
afterAll(() => server[Symbol.asyncDispose]());

interface Guest {
  readonly client: TestClient;
  readonly userId: `@${string}:${string}`;
  readonly token: string;
}

async function guest(): Promise<Guest> {
  const body = await server.stranger.ok('POST', '/register', { query: { kind: 'guest' }, body: {} });
  return { client: server.withToken(body.access_token), userId: body.user_id, token: body.access_token };
}

const openRoom = (more: object = {}) =>
  host.createRoom({
    preset: 'public_chat',
    initial_state: [
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'can_join' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'world_readable' } },
    ],
    ...more,
  });
const at = (roomId: string, rest: string) => `/rooms/${encodeURIComponent(roomId)}/${rest}`;
const message = { msgtype: 'm.text', body: 'hello' };

describe('a guest', () => {
  it('gets a number for a name, and a token', async () => {
    const reply = await server.stranger.post('/register', {}, { kind: 'guest' });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        user_id: expect.stringMatching(/^@\d+:hearth\.test$/),
        device_id: 'guest_device',
        access_token: expect.any(String),
      },
    });
    const me = server.withToken(reply.body.access_token);
    expect(await me.ok('GET', '/account/whoami')).toMatchObject({ user_id: reply.body.user_id, is_guest: true });
  });

  it('joins, speaks and leaves where guests are welcome', async () => {
    const { client, userId } = await guest();
    const roomId = await openRoom();
    expect(await client.post(at(roomId, 'join'), {})).toMatchObject({ status: 200 });
    const member = await host.stateContent(roomId, 'm.room.member', userId);
    expect(member).toMatchObject({ membership: 'join', kind: 'guest' });
    expect(await client.put(at(roomId, 'send/m.room.message/1'), message)).toMatchObject({ status: 200 });
    expect(await client.post(at(roomId, 'leave'), {})).toMatchObject({ status: 200 });
  });

  it('looks into rooms that the world may read', async () => {
    const { client } = await guest();
    const roomId = await openRoom();
    await host.say(roomId, 'welcome');
    for (const path of ['state', 'messages?dir=b', 'initialSync', 'members']) {
      expect(await client.get(at(roomId, path))).toMatchObject({ status: 200 });
    }
    const from = (await client.ok('GET', at(roomId, 'initialSync'))).messages.end;
    await host.say(roomId, 'more');
    const events = await client.ok('GET', '/events', { query: { room_id: roomId, from, timeout: 5000 } });
    expect(events.chunk).toMatchObject([{ content: { body: 'more' } }]);
  });

  it('may change the own name and see the own devices', async () => {
    const { client, userId } = await guest();
    const profile = `/profile/${encodeURIComponent(userId)}/displayname`;
    expect(await client.put(profile, { displayname: 'A visitor' })).toMatchObject({ status: 200 });
    expect(await client.get('/devices')).toMatchObject({
      status: 200,
      body: { devices: [{ device_id: 'guest_device' }] },
    });
    expect(await client.get('/capabilities')).toMatchObject({ status: 200 });
    expect(await client.post('/publicRooms', {})).toMatchObject({ status: 200 });
  });

  it.each([
    ['a room of its own', 'POST', '/createRoom', {}],
    ['a search for people', 'POST', '/user_directory/search', { search_term: 'a' }],
    ['account data', 'GET', '/user/@1:hearth.test/account_data/m.any', undefined],
    ['an address', 'GET', '/account/3pid', undefined],
    ['a password', 'POST', '/account/password', { new_password: 'a new password' }],
    ['the end of the account', 'POST', '/account/deactivate', {}],
    ['a knock', 'POST', '/knock/!any:hearth.test', {}],
  ])('may not have %s', async (_case, method, path, body) => {
    const { client } = await guest();
    expect(await client.request(method, path, { body })).toMatchObject({
      status: 403,
      body: { errcode: 'M_GUEST_ACCESS_FORBIDDEN' },
    });
  });
});

describe('a room', () => {
  it('without a word of guests lets none in', async () => {
    const { client } = await guest();
    const roomId = await host.createRoom({ preset: 'public_chat' });
    const refused = { status: 403, body: { errcode: 'M_FORBIDDEN' } };
    expect(await client.post(at(roomId, 'join'), {})).toMatchObject(refused);
    expect(await client.post(`/join/${encodeURIComponent(roomId)}`, {})).toMatchObject(refused);
  });

  it('is not opened by writing one’s own membership', async () => {
    const { client, userId } = await guest();
    const roomId = await host.createRoom({ preset: 'public_chat' });
    const path = at(roomId, `state/m.room.member/${encodeURIComponent(userId)}`);
    expect(await client.put(path, { membership: 'join' })).toMatchObject({ status: 403 });
  });

  it('lets no guest invite others', async () => {
    const { client } = await guest();
    const roomId = await openRoom();
    await client.ok('POST', at(roomId, 'join'), { body: {} });
    const other = await guest();
    const path = at(roomId, `state/m.room.member/${encodeURIComponent(other.userId)}`);
    expect(await client.put(path, { membership: 'invite' })).toMatchObject({ status: 403 });
  });

  it('is left by its guests when they are not welcome any more', async () => {
    const { client, userId } = await guest();
    const alice = await server.register('alice');
    const roomId = await openRoom();
    await client.ok('POST', at(roomId, 'join'), { body: {} });
    await alice.join(roomId);
    await host.setState(roomId, 'm.room.guest_access', { guest_access: 'forbidden' });
    await expect.poll(async () => (await host.stateContent(roomId, 'm.room.member', userId)).membership).toBe('leave');
    expect((await host.stateContent(roomId, 'm.room.member', alice.userId)).membership).toBe('join');
  });
});

describe('staying', () => {
  it('keeps the name, and adds a password', async () => {
    const { client, userId, token } = await guest();
    const username = userId.slice(1, userId.indexOf(':'));
    const wish = { username, password: 'a long password', guest_access_token: token };
    const made = await server.stranger.post('/register', { ...wish, auth: { type: 'm.login.dummy' } });
    expect(made).toMatchObject({ status: 200, body: { user_id: userId } });
    const me = server.withToken(made.body.access_token);
    expect(await me.ok('GET', '/account/whoami')).toMatchObject({ user_id: userId, is_guest: false });
    expect(await client.ok('GET', '/account/whoami')).toMatchObject({ is_guest: false });
    expect(await me.post('/createRoom', {})).toMatchObject({ status: 200 });
    const identifier = { type: 'm.id.user', user: userId };
    const login = { type: 'm.login.password', identifier, password: wish.password };
    expect(await server.stranger.post('/login', login)).toMatchObject({ status: 200 });
  });

  it('is for the guest of that name only', async () => {
    const [one, two] = [await guest(), await guest()];
    const username = one.userId.slice(1, one.userId.indexOf(':'));
    const auth = { type: 'm.login.dummy' };
    const wish = { username, password: 'a long password', auth };
    expect(await server.stranger.post('/register', { ...wish, guest_access_token: two.token })).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    expect(
      await server.stranger.post('/register', { ...wish, username: 'host', guest_access_token: two.token }),
    ).toMatchObject({
      status: 403,
    });
    expect(await server.stranger.post('/register', { ...wish, guest_access_token: host.accessToken })).toMatchObject({
      status: 403,
    });
    expect(await server.stranger.post('/register', { ...wish, guest_access_token: 'nonsense' })).toMatchObject({
      status: 401,
    });
  });
});

it('does not let guests in where the configuration has none', async () => {
  await using closed = await startHomeserver();
  expect(await closed.stranger.post('/register', {}, { kind: 'guest' })).toMatchObject({
    status: 403,
    body: { errcode: 'M_GUEST_ACCESS_FORBIDDEN' },
  });
});
