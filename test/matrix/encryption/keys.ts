import { toBase64 } from '../../../src-main/base/base64.js';
import { randomKeyPair } from '../../../src-main/base/ed25519.js';
import type { JsonObject } from '../../../src-main/base/json.js';
import { signJson, type SigningKey } from '../../../src-main/spec/signing.js';
import type { TestUser } from '../../support/test-client.js';

/** A device's identity: what a client makes at its first start. */
export interface DeviceIdentity {
  readonly signingKey: SigningKey;
  readonly deviceKeys: JsonObject;
}

export function deviceIdentity({ userId, deviceId }: TestUser): DeviceIdentity {
  const signingKey = { keyId: `ed25519:${deviceId}`, ...randomKeyPair() };
  const unsigned = {
    user_id: userId,
    device_id: deviceId,
    algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
    keys: {
      [`curve25519:${deviceId}`]: toBase64(randomKeyPair().publicKey),
      [`ed25519:${deviceId}`]: toBase64(signingKey.publicKey),
    },
  };
  return { signingKey, deviceKeys: signJson(unsigned, userId, signingKey) };
}

/** Uploads new identity keys for a user's device. */
export async function uploadIdentity(user: TestUser): Promise<DeviceIdentity> {
  const identity = deviceIdentity(user);
  await user.ok('POST', '/keys/upload', { body: { device_keys: identity.deviceKeys } });
  return identity;
}

/** `signed_curve25519:<name>` to a key, for each of `names`. */
export const oneTimeKeys = (...names: string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [`signed_curve25519:${name}`, oneTimeKey(name)]));

export const oneTimeKey = (key: string, signature = 'signature'): JsonObject => ({
  key,
  signatures: { '@somebody:hearth.test': { 'ed25519:DEVICE': signature } },
});

export const fallbackKey = (name: string): JsonObject => ({
  [`signed_curve25519:${name}`]: { ...oneTimeKey(name), fallback: true },
});

/** The three cross-signing keys of a user. */
export interface CrossSigningIdentity {
  readonly master: SigningKey;
  readonly selfSigning: SigningKey;
  readonly userSigning: SigningKey;
  /** the body that publishes them */
  readonly body: {
    readonly master_key: JsonObject;
    readonly self_signing_key: JsonObject;
    readonly user_signing_key: JsonObject;
  };
}

export function crossSigningIdentity({ userId }: Pick<TestUser, 'userId'>): CrossSigningIdentity {
  const [master, selfSigning, userSigning] = [userKey(), userKey(), userKey()];
  return {
    master,
    selfSigning,
    userSigning,
    body: {
      master_key: keyObject(userId, 'master', master),
      self_signing_key: signJson(keyObject(userId, 'self_signing', selfSigning), userId, master),
      user_signing_key: signJson(keyObject(userId, 'user_signing', userSigning), userId, master),
    },
  };
}

/** What follows `ed25519:` in a key's id. */
export const nameOf = (key: SigningKey): string => key.keyId.slice('ed25519:'.length);

function userKey(): SigningKey {
  const pair = randomKeyPair();
  return { keyId: `ed25519:${toBase64(pair.publicKey)}`, ...pair };
}

const keyObject = (userId: string, usage: string, key: SigningKey): JsonObject => ({
  user_id: userId,
  usage: [usage],
  keys: { [key.keyId]: toBase64(key.publicKey) },
});

/** Asks for keys of some users; all devices of each. */
export const queryKeys = (asking: TestUser, ...users: { readonly userId: string }[]): Promise<any> =>
  asking.ok('POST', '/keys/query', {
    body: { device_keys: Object.fromEntries(users.map(({ userId }) => [userId, []])) },
  });
