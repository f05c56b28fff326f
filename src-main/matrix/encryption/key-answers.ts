import { isObject, type JsonObject, objectAt } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import type { CrossSigningKey, KeyUsage } from './cross-signing.store.js';
import type { KeySignature } from './key-signatures.store.js';

/** Signatures that came by themselves, by the key that they are on. */
export type SignaturesOnKeys = ReadonlyMap<string, readonly KeySignature[]>;

/** By the owner of the key and its name. */
export const onKeys = (signatures: readonly KeySignature[]): SignaturesOnKeys =>
  Map.groupBy(signatures, ({ userId, keyName }) => keyOf(userId, keyName));

/** Those on one key: a device id or the public key of a cross-signing key. */
export const signaturesOn = (all: SignaturesOnKeys, userId: UserId, keyName: string): readonly KeySignature[] =>
  all.get(keyOf(userId, keyName)) ?? [];

const keyOf = (userId: UserId, keyName: string): string => `${userId} ${keyName}`;

/** Cross-signing keys as clients get them: a user-signing key only for its owner. */
export function keysOfUsers(
  keys: readonly CrossSigningKey[],
  onKey: SignaturesOnKeys,
  asking: UserId | undefined,
): Record<KeyUsage, Record<UserId, JsonObject>> {
  const answer: Record<KeyUsage, Record<UserId, JsonObject>> = { master: {}, self_signing: {}, user_signing: {} };
  for (const { userId, usage, publicKey, key } of keys) {
    if (usage === 'user_signing' && userId !== asking) continue;
    answer[usage][userId] = withSignatures(key, signaturesOn(onKey, userId, publicKey));
  }
  return answer;
}

/** A key with signatures that came later. */
export function withSignatures(key: JsonObject, extra: readonly KeySignature[]): JsonObject {
  if (extra.length === 0) return key;
  const signatures: Record<string, JsonObject> = {};
  for (const [signer, made] of Object.entries(objectAt(key, 'signatures') ?? {})) {
    if (isObject(made)) signatures[signer] = made;
  }
  for (const { signerId, signerKey, signature } of extra) {
    signatures[signerId] = { ...signatures[signerId], [signerKey]: signature };
  }
  return { ...key, signatures };
}

/** Identity keys with the name of their device. */
export const named = (keys: JsonObject, displayName: string | undefined): JsonObject =>
  displayName === undefined ? keys : { ...keys, unsigned: { device_display_name: displayName } };
