import { expect } from 'vitest';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import { toBase64 } from '../../src-main/base/base64.js';
import type { JsonObject } from '../../src-main/base/json.js';
import { signJson } from '../../src-main/spec/signing.js';
import type { TestUser } from '../support/test-client.js';
import { type Cast, publicRoom, seg } from './story.js';

const LONG = { timeout: 15_000 };
let counter = 0;

/** A new name and picture reach the rooms of the other server, and those who ask for the profile. */
export async function profile(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  const displayname = `Host the ${(counter += 1)}.`;
  const avatar_url = await host.uploadMedia(Buffer.from(displayname), 'text/plain');
  await host.setDisplayName(displayname);
  await host.ok('PUT', `/profile/${seg(host.userId)}/avatar_url`, { body: { avatar_url } });
  await expect
    .poll(async () => guest.stateContent(roomId, 'm.room.member', host.userId), LONG)
    .toMatchObject({ displayname, avatar_url });
  await expect
    .poll(async () => guest.ok('GET', `/profile/${seg(host.userId)}`), LONG)
    .toMatchObject({ displayname, avatar_url });
}

/** Signing keys, a device signed with them, and a device that goes, are seen on the other server. */
export async function crossSigning(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { alias } = await publicRoom(cast);
  await guest.join(alias);
  await guest.sync();
  const keys = signingKeys(host);
  await uploadSigningKeys(host, keys);
  await guest.syncUntilBody((body) => body.device_lists?.changed?.includes(host.userId) || undefined);
  const query = async () => guest.ok('POST', '/keys/query', { body: { device_keys: { [host.userId]: [] } } });
  await expect.poll(async () => (await query()).master_keys?.[host.userId]?.keys, LONG).toEqual(keys.master_key.keys);
  // A Synapse may tell each key by itself.
  await expect
    .poll(async () => (await query()).self_signing_keys?.[host.userId]?.keys, LONG)
    .toEqual(keys.self_signing_key['keys']);
  const second = await host.logIn({ device_id: `SECOND${(counter += 1)}` });
  await second.ok('POST', '/keys/upload', { body: { device_keys: deviceOf(second) } });
  const devices = async () => Object.keys((await query()).device_keys[host.userId] ?? {});
  await expect.poll(devices, LONG).toContain(second.deviceId);
  await second.ok('POST', '/logout', { body: {} });
  await expect.poll(devices, LONG).not.toContain(second.deviceId);
}

function signingKeys({ userId }: TestUser) {
  const [master, self] = [randomKeyPair(), randomKeyPair()];
  const named = (usage: string, publicKey: Uint8Array): JsonObject => ({
    user_id: userId,
    usage: [usage],
    keys: { [`ed25519:${toBase64(publicKey)}`]: toBase64(publicKey) },
  });
  const signer = { keyId: `ed25519:${toBase64(master.publicKey)}`, ...master };
  return {
    master_key: named('master', master.publicKey),
    self_signing_key: signJson(named('self_signing', self.publicKey), userId, signer),
  };
}

async function uploadSigningKeys(host: TestUser, keys: JsonObject): Promise<void> {
  const path = '/keys/device_signing/upload';
  const { status, body } = await host.post(path, keys);
  if (status === 200) return;
  const identifier = { type: 'm.id.user', user: host.userId };
  const auth = { type: 'm.login.password', identifier, password: host.password, session: body.session };
  await host.ok('POST', path, { body: { ...keys, auth } });
}

const deviceOf = ({ userId, deviceId }: TestUser) => ({
  user_id: userId,
  device_id: deviceId,
  algorithms: ['m.olm.v1.curve25519-aes-sha2'],
  keys: { [`curve25519:${deviceId}`]: 'c'.repeat(43), [`ed25519:${deviceId}`]: 'e'.repeat(43) },
  signatures: { [userId]: { [`ed25519:${deviceId}`]: 's'.repeat(86) } },
});

/** A small picture of the other server's, made smaller. */
export async function thumbnail({ host, guest }: Cast): Promise<void> {
  const uri = await host.uploadMedia(PICTURE, 'image/png', 'dot.png');
  const path = `/_matrix/client/v1/media/thumbnail/${uri.replace('mxc://', '')}`;
  const reply = await guest.get(path, { width: 32, height: 32, method: 'crop' });
  expect(reply.status).toBe(200);
  expect(String(reply.headers['content-type'])).toMatch(/^image\//);
}

/** One dot. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
