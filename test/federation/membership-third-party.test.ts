import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { signJson } from '../../src-main/spec/signing.js';
import { startFederation } from '../support/federation.js';
import { federationUrl } from '../support/fake-server.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const federation = await startFederation(['hs1.test', 'hs2.test']);
const one = federation.server('hs1.test');
const two = federation.server('hs2.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const bob = await two.register('bob');
const segment = encodeURIComponent;
const identityKey = { keyId: 'ed25519:0', ...randomKeyPair() };

/** Says of keys whether they are valid still. */
let identityServer: Server;
let isValid = true;
beforeAll(async () => {
  identityServer = createServer((message, response) => {
    const asked = new URL(message.url ?? '', 'http://id.test').searchParams.get('public_key');
    const valid = isValid && asked === toBase64(identityKey.publicKey);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ valid }));
  });
  await new Promise<void>((resolve) => identityServer.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void identityServer.close());

/** A room to which somebody was invited by e-mail. */
async function roomWithInvite(version: string, token: string): Promise<RoomId> {
  const roomId = await alice.createRoom({ room_version: version });
  const url = `http://127.0.0.1:${(identityServer.address() as AddressInfo).port}/isvalid`;
  const key = { public_key: toBase64(identityKey.publicKey), key_validity_url: url };
  const content = { display_name: 'b...@example.com', ...key, public_keys: [key] };
  await alice.setState(roomId, 'm.room.third_party_invite', content, token);
  return roomId;
}

const signed = (mxid: UserId, token: string, more: JsonObject = {}): JsonObject =>
  signJson({ mxid, token, ...more }, 'id.test', identityKey);

/** What an identity server tells when an address is bound. */
async function bind(server: TestHomeserver, roomId: RoomId, mxid: UserId, token: string, sender = alice.userId) {
  const address = 'bob@example.com';
  const invite = { medium: 'email', address, mxid, room_id: roomId, sender, signed: signed(mxid, token) };
  const body = { medium: 'email', address, mxid, invites: [invite] };
  const reply = await request(`${federationUrl(server)}/_matrix/federation/v1/3pid/onbind`, {
    method: 'PUT',
    dispatcher: server.dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: reply.statusCode, body: await reply.body.json() };
}

const memberOf = async (roomId: RoomId, userId: UserId) =>
  (await alice.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(userId)}`)).body;

describe.each(['6', '11', '12'])('an invitation by e-mail in room version %s', (version) => {
  it('becomes one of the user whose address it was, on another server', async () => {
    const roomId = await roomWithInvite(version, 'token');
    expect(await bind(two, roomId, bob.userId, 'token')).toEqual({ status: 200, body: {} });
    await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
    expect(await memberOf(roomId, bob.userId)).toMatchObject({
      membership: 'invite',
      third_party_invite: { display_name: 'b...@example.com', signed: { mxid: bob.userId, token: 'token' } },
    });
    await bob.join(roomId);
    await expect.poll(() => memberOf(roomId, bob.userId)).toMatchObject({ membership: 'join' });
  });

  it('becomes one of the user whose address it was, on the same server', async () => {
    const carol = await one.register(`carol${version}`);
    const roomId = await roomWithInvite(version, 'token');
    await bind(one, roomId, carol.userId, 'token');
    expect(await memberOf(roomId, carol.userId)).toMatchObject({ membership: 'invite' });
    await carol.join(roomId);
  });
});

describe('an invitation by e-mail', () => {
  it('is redeemed by whoever comes with what the identity server signed', async () => {
    const carol = await one.register('carol');
    const roomId = await roomWithInvite('11', 'token');
    const come = (user: TestUser, token: string) =>
      user.request('POST', `/join/${segment(roomId)}`, {
        query: { via: 'hs1.test' },
        body: { third_party_signed: signed(user.userId, token, { sender: alice.userId }) },
      });
    expect(await come(bob, 'another')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    for (const user of [bob, carol]) expect(await come(user, 'token')).toMatchObject({ status: 200 });
    await expect.poll(() => memberOf(roomId, bob.userId)).toMatchObject({ membership: 'join' });
  });

  it('is good for nobody else, and for no other invitation', async () => {
    const roomId = await roomWithInvite('11', 'token');
    await bind(two, roomId, bob.userId, 'another');
    await bind(two, roomId, bob.userId, 'token', '@eve:hs1.test');
    expect(await memberOf(roomId, bob.userId)).toMatchObject({ errcode: 'M_NOT_FOUND' });
  });

  it('is good for nothing once the identity server took the key back', async () => {
    const roomId = await roomWithInvite('11', 'token');
    isValid = false;
    try {
      expect(await bind(two, roomId, bob.userId, 'token')).toEqual({ status: 200, body: {} });
    } finally {
      isValid = true;
    }
    expect(await memberOf(roomId, bob.userId)).toMatchObject({ errcode: 'M_NOT_FOUND' });
  });

  it('is redeemed by the room’s own rules when another server asks', async () => {
    const fake = await federation.fakeServer('fake.test');
    const roomId = await roomWithInvite('11', 'token');
    const exchange = (change: JsonObject) => {
      const mallory = '@mallory:fake.test';
      const content = {
        membership: 'invite',
        third_party_invite: { display_name: 'm', signed: signed(mallory, 'token') },
      };
      const event = {
        type: 'm.room.member',
        room_id: roomId,
        sender: alice.userId,
        state_key: mallory,
        content,
        ...change,
      };
      const path = `/_matrix/federation/v1/exchange_third_party_invite/${segment(roomId)}`;
      return fake.ask(one, 'PUT', path, event, { isWrong: true });
    };
    for (const change of [
      { type: 'm.room.message' },
      { room_id: '!other:hs1.test' },
      { sender: 'alice' },
      { state_key: '@eve:fake.test' },
      { content: { membership: 'invite' } },
      { content: { membership: 'join' } },
    ]) {
      const { status, body } = await exchange(change);
      expect({ status, errcode: body.errcode }, JSON.stringify(change)).toEqual({
        status: 400,
        errcode: 'M_INVALID_PARAM',
      });
    }
    expect(await exchange({ sender: '@eve:hs1.test' })).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    // The invited's server is asked for its signature, and this one plays no invitations.
    expect(await exchange({})).toMatchObject({ status: 502 });
  });
});
