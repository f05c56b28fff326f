import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { type IdentityServerDouble, reachingLoopback, startIdentityServer } from '../../support/identity-server.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let identity: IdentityServerDouble;
let alice: TestUser;
let bob: TestUser;

beforeAll(async () => {
  identity = await startIdentityServer();
  server = await startHomeserver();
  await server.restart(reachingLoopback(server.config));
  alice = await server.register('alice', { displayName: 'Alice' });
  bob = await server.register('bob');
  identity.bindings.set('email bob@people.test', bob.userId);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await identity[Symbol.asyncDispose]();
});
beforeEach(() => {
  identity.failing = undefined;
  identity.requests.length = 0;
  identity.invitations.length = 0;
});

const somebody = (address: string, more: object = {}) => ({
  medium: 'email',
  address,
  id_server: identity.name,
  id_access_token: identity.accessToken,
  ...more,
});
const invite = (by: TestUser, roomId: string, body: object) =>
  by.post(`/rooms/${encodeURIComponent(roomId)}/invite`, body);
const tokens = (state: TestEvent[]) => state.filter(({ type }) => type === 'm.room.third_party_invite');

describe('inviting an address', () => {
  it('invites whoever has bound it, and tells the identity server a hash only', async () => {
    const roomId = await alice.createRoom();
    expect(await invite(alice, roomId, somebody('Bob@People.test', { reason: 'hello' }))).toEqual({
      status: 200,
      body: {},
    });
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({
      membership: 'invite',
      reason: 'hello',
    });
    expect(identity.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['hash_details', 'lookup']);
    expect(JSON.stringify(identity.requests).toLowerCase()).not.toContain('bob@people.test');
    expect(identity.last('/lookup')?.authorization).toBe(`Bearer ${identity.accessToken}`);
  });

  it('leaves an invitation for whoever will bind it', async () => {
    const roomId = await alice.createRoom({ name: 'The garden', preset: 'public_chat', room_alias_name: 'garden' });
    expect(await invite(alice, roomId, somebody('new@people.test'))).toEqual({ status: 200, body: {} });
    expect(identity.invitations).toEqual([
      {
        medium: 'email',
        address: 'new@people.test',
        room_id: roomId,
        room_alias: '#garden:hearth.test',
        room_join_rules: 'public',
        room_name: 'The garden',
        sender: alice.userId,
        sender_display_name: 'Alice',
      },
    ]);
    const [event] = tokens(await alice.state(roomId));
    expect(event).toMatchObject({
      sender: alice.userId,
      state_key: 'invitation-1',
      content: {
        display_name: 'ne...',
        public_key: expect.any(String),
        key_validity_url: expect.stringContaining('/pubkey/isvalid'),
        public_keys: [{ public_key: expect.any(String), key_validity_url: expect.any(String) }],
      },
    });
  });

  it('passes on what the identity server refuses, and changes nothing', async () => {
    const roomId = await alice.createRoom();
    identity.failing = { path: '/', status: 403, body: { errcode: 'M_TERMS_NOT_SIGNED', error: 'please sign' } };
    expect(await invite(alice, roomId, somebody('new@people.test'))).toMatchObject({
      status: 403,
      body: { errcode: 'M_TERMS_NOT_SIGNED' },
    });
    expect(tokens(await alice.state(roomId))).toEqual([]);
  });

  it('takes no nonsense for a stored invitation', async () => {
    const roomId = await alice.createRoom();
    identity.failing = {
      path: '/_matrix/identity/v2/store-invite',
      status: 200,
      body: { token: 'no good', public_keys: [] },
    };
    expect(await invite(alice, roomId, somebody('new@people.test'))).toMatchObject({ status: 502 });
    expect(tokens(await alice.state(roomId))).toEqual([]);
  });

  it.each([
    ['no token of the identity server', { id_access_token: undefined }, 400, 'M_MISSING_PARAM'],
    ['no identity server', { id_server: undefined }, 400, 'M_MISSING_PARAM'],
    ['something else for an identity server', { id_server: 'a b' }, 400, 'M_INVALID_PARAM'],
  ])('is refused with %s', async (_case, more, status, errcode) => {
    const roomId = await alice.createRoom();
    expect(await invite(alice, roomId, somebody('a@b.test', more))).toMatchObject({ status, body: { errcode } });
  });

  it('asks nobody for those who may not invite', async () => {
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      power_level_content_override: { invite: 50 },
    });
    await bob.join(roomId);
    const stranger = await server.register('stranger');
    for (const user of [bob, stranger]) {
      expect(await invite(user, roomId, somebody('new@people.test'))).toMatchObject({
        status: 403,
        body: { errcode: 'M_FORBIDDEN' },
      });
    }
    expect(identity.requests).toEqual([]);
  });

  it('is not done where nobody may be looked up', async () => {
    const { thirdParty } = server.config;
    await server.restart({ thirdParty: { ...thirdParty, lookupEnabled: false } });
    const roomId = await alice.createRoom();
    expect(await invite(alice, roomId, somebody('bob@people.test'))).toMatchObject({ status: 403 });
    expect(identity.requests).toEqual([]);
    await server.restart({ thirdParty });
  });
});

describe('whoever makes an account later and binds the address', () => {
  it('is invited to the room, and comes in', async () => {
    const roomId = await alice.createRoom();
    await alice.ok('POST', `/rooms/${encodeURIComponent(roomId)}/invite`, { body: somebody('carol@people.test') });
    const [{ state_key: token } = { state_key: '' }] = tokens(await alice.state(roomId));

    const carol = await server.register('carol');
    const sid = identity.proved('email', 'carol@people.test', 'secret');
    const { id_server, id_access_token } = somebody('');
    await carol.ok('POST', '/account/3pid/bind', {
      body: { sid, client_secret: 'secret', id_server, id_access_token },
    });
    const signed = identity.signInvitation(token ?? '', carol.userId);
    const waiting = { medium: 'email', address: 'carol@people.test', mxid: carol.userId };
    await server.stranger.ok('PUT', '/_matrix/federation/v1/3pid/onbind', {
      body: { ...waiting, invites: [{ ...waiting, room_id: roomId, sender: alice.userId, signed }] },
    });

    expect(await alice.stateContent(roomId, 'm.room.member', carol.userId)).toMatchObject({
      membership: 'invite',
      third_party_invite: { display_name: 'ca...', signed: { token } },
    });
    expect(await carol.join(roomId)).toBe(roomId);
  });

  it('is not invited by a signature that somebody else made', async () => {
    const roomId = await alice.createRoom();
    await alice.ok('POST', `/rooms/${encodeURIComponent(roomId)}/invite`, { body: somebody('dan@people.test') });
    const [{ state_key: token } = { state_key: '' }] = tokens(await alice.state(roomId));
    const dan = await server.register('dan');
    const signed = { ...identity.signInvitation(token ?? '', bob.userId), mxid: dan.userId };
    const waiting = { medium: 'email', address: 'dan@people.test', mxid: dan.userId };
    await server.stranger.ok('PUT', '/_matrix/federation/v1/3pid/onbind', {
      body: { ...waiting, invites: [{ ...waiting, room_id: roomId, sender: alice.userId, signed }] },
    });
    expect(await dan.post(`/rooms/${encodeURIComponent(roomId)}/join`, {})).toMatchObject({ status: 403 });
  });
});

describe('a new room', () => {
  it('can invite addresses', async () => {
    const roomId = await alice.createRoom({
      is_direct: true,
      invite_3pid: [somebody('bob@people.test'), somebody('other@people.test')],
    });
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({
      membership: 'invite',
      is_direct: true,
    });
    expect(tokens(await alice.state(roomId))).toHaveLength(1);
    expect(identity.invitations).toMatchObject([{ address: 'other@people.test', room_id: roomId }]);
  });

  it('is not made when the identity server refuses', async () => {
    identity.failing = { path: '/', status: 403, body: { errcode: 'M_TERMS_NOT_SIGNED', error: 'please sign' } };
    const before = (await alice.ok('GET', '/joined_rooms')).joined_rooms.length;
    expect(await alice.post('/createRoom', { invite_3pid: [somebody('a@b.test')] })).toMatchObject({ status: 403 });
    expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toHaveLength(before);
  });
});
