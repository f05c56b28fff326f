import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let admin: TestUser;
let alice: TestUser;

beforeAll(async () => {
  server = await startHomeserver();
  admin = await server.registerAdmin('admin');
  alice = await server.register('alice');
});
afterAll(() => server[Symbol.asyncDispose]());

const whois = (by: TestUser, userId: string) => by.get(`/admin/whois/${encodeURIComponent(userId)}`);

it('tells administrators, and everybody about themselves, from where somebody is connected', async () => {
  for (const reader of [admin, alice]) {
    const { status, body } = await whois(reader, alice.userId);
    expect({ status, userId: body.user_id }).toEqual({ status: 200, userId: alice.userId });
    const [session] = body.devices[alice.deviceId].sessions;
    if (reader === alice)
      expect(session.connections).toMatchObject([{ ip: '127.0.0.1', last_seen: expect.any(Number) }]);
  }
});

it('tells nobody else, and of nobody else', async () => {
  expect(await whois(alice, admin.userId)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  expect(await whois(admin, '@nobody:hearth.test')).toMatchObject({ status: 404 });
  expect(await whois(admin, '@bob:elsewhere.test')).toMatchObject({
    status: 400,
    body: { errcode: 'M_INVALID_PARAM' },
  });
});

it('lets suspended users neither publish rooms nor upload media', async () => {
  const bob = await server.register('bob');
  const roomId = await bob.createRoom({ preset: 'public_chat' });
  await admin.ok('PUT', `/_matrix/client/v1/admin/suspend/${encodeURIComponent(bob.userId)}`, {
    body: { suspended: true },
  });
  const refused = { status: 403, body: { errcode: 'M_USER_SUSPENDED' } };
  const room = encodeURIComponent(roomId);
  expect(await bob.put(`/directory/list/room/${room}`, { visibility: 'public' })).toMatchObject(refused);
  expect(await bob.put('/directory/room/%23bobs%3Ahearth.test', { room_id: roomId })).toMatchObject(refused);
  expect(await bob.request('POST', '/_matrix/media/v3/upload', { body: 'text' })).toMatchObject(refused);
  expect(await bob.post('/_matrix/media/v1/create', {})).toMatchObject(refused);
  expect(await bob.get('/joined_rooms')).toMatchObject({ status: 200 });
});

it('answers no request that waits with a token that was taken meanwhile', async () => {
  const carol = await server.register('carol');
  const roomId = await carol.createRoom();
  const { next_batch: since } = await carol.ok('GET', '/sync');
  const waiting = carol.get('/sync', { since, timeout: 20_000 });
  const other = await carol.logIn();
  await other.ok('POST', '/delete_devices', {
    body: {
      devices: [carol.deviceId],
      auth: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: carol.userId },
        password: carol.password,
      },
    },
  });
  await other.say(roomId, 'not for the old device');
  expect(await waiting).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
});
