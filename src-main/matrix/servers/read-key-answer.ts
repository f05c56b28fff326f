import { fromBase64 } from '../../base/base64.js';
import type { Milliseconds } from '../../base/clock.js';
import { PUBLIC_KEY_BYTES } from '../../base/ed25519.js';
import { integerAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../base/json.js';
import type { ServerName } from '../../spec/ids.js';
import { keyIdsOf, verifyJson } from '../../spec/signing.js';
import type { ServerKey } from './server-keys.store.js';

/** What a server says of its keys, checked. */
export interface ReadKeyAnswer {
  readonly server: ServerName;
  readonly keys: readonly ServerKey[];
  /** as the answer says, whatever we make of it */
  readonly validUntil: Milliseconds;
  readonly answer: JsonObject;
}

/** However long a server says that its keys are good for, it is asked again after a week. */
const LONGEST_VALIDITY: Milliseconds = 7 * 86_400_000;
const MOST_KEYS = 100;

/**
 * Reads what somebody gave as the key answer of `server`: it must say so itself and be signed by one of the keys in it.
 *
 * @returns undefined when it is not that
 * @see https://spec.matrix.org/v1.19/server-server-api/#publishing-keys
 */
export function readKeyAnswer(value: JsonValue, server: ServerName, now: Milliseconds): ReadKeyAnswer | undefined {
  if (!isObject(value) || stringAt(value, 'server_name') !== server) return undefined;
  const validUntil = integerAt(value, 'valid_until_ts');
  if (validUntil === undefined) return undefined;
  const until = Math.min(validUntil, now + LONGEST_VALIDITY);
  const current = keysIn(value, 'verify_keys', (key) => ({
    ...key,
    validUntil: until,
    isExpired: false,
    fetchedAt: now,
  }));
  const isSigned = keyIdsOf(value, server).some((keyId) =>
    current.some((key) => key.keyId === keyId && verifyJson(value, server, keyId, key.publicKey)),
  );
  if (!isSigned) return undefined;
  const old = keysIn(value, 'old_verify_keys', (key, said) => {
    const expired = integerAt(said, 'expired_ts');
    return expired === undefined ? undefined : { ...key, validUntil: expired, isExpired: true, fetchedAt: now };
  });
  // A key that is both is in use.
  const keys = [...old.filter(({ keyId }) => !current.some((key) => key.keyId === keyId)), ...current];
  return { server, keys, validUntil, answer: value };
}

function keysIn(
  answer: JsonObject,
  field: string,
  toKey: (key: Pick<ServerKey, 'keyId' | 'publicKey'>, said: JsonObject) => ServerKey | undefined,
): ServerKey[] {
  const entries = Object.entries(objectAt(answer, field) ?? {}).slice(0, MOST_KEYS);
  return entries.flatMap(([keyId, said]) => {
    const publicKey = isObject(said) ? fromBase64(stringAt(said, 'key') ?? '') : undefined;
    if (!isObject(said) || publicKey?.length !== PUBLIC_KEY_BYTES || !/^ed25519:.{1,100}$/.test(keyId)) return [];
    return toKey({ keyId, publicKey }, said) ?? [];
  });
}
