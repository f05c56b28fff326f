import { createHash } from 'node:crypto';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import { MatrixError } from '../../../spec/errors.js';
import { isUserId } from '../../../spec/grammar.js';
import type { UserId } from '../../../spec/ids.js';
import type { JsonAnswer } from './json-service.js';

/** A public key of an identity server, and where to ask whether it still counts. */
export interface IdentityKey {
  readonly publicKey: string;
  readonly keyValidityUrl: string;
}

/** An invitation that an identity server keeps until somebody binds the address. */
export interface StoredInvite {
  /** names it in the room */
  readonly token: string;
  /** the address so shortened that it tells little */
  readonly displayName: string;
  readonly publicKeys: readonly [IdentityKey, ...IdentityKey[]];
}

/** How an identity server wants addresses written that are looked up. */
export interface HashDetails {
  readonly algorithm: 'sha256' | 'none';
  readonly pepper: string;
}

/** @returns undefined when it wants a way that we do not know */
export function readHashDetails({ body }: JsonAnswer): HashDetails | undefined {
  const algorithms = arrayAt(body, 'algorithms') ?? [];
  const pepper = stringAt(body, 'lookup_pepper');
  const algorithm = (['sha256', 'none'] as const).find((each) => algorithms.includes(each));
  return algorithm === undefined || pepper === undefined ? undefined : { algorithm, pepper };
}

/** An address as the lookup wants it. @see https://spec.matrix.org/v1.19/identity-service-api/#security-considerations */
export function hashedAddress(medium: string, address: string, { algorithm, pepper }: HashDetails): string {
  if (algorithm === 'none') return `${address} ${medium}`;
  return createHash('sha256').update(`${address} ${medium} ${pepper}`).digest('base64url');
}

/** Whom the lookup found under a hash. */
export function mappedUser({ body }: JsonAnswer, hash: string): UserId | undefined {
  const found = stringAt(objectAt(body, 'mappings'), hash);
  return found !== undefined && isUserId(found) ? found : undefined;
}

const TOKEN = /^[0-9a-zA-Z.=_-]{1,255}$/;
const MOST_TEXT = 512;
const MOST_KEYS = 10;

/** @throws MatrixError 502 M_UNKNOWN for an answer that is none */
export function readStoredInvite({ body }: JsonAnswer): StoredInvite {
  const token = stringAt(body, 'token') ?? '';
  const displayName = stringAt(body, 'display_name')?.slice(0, MOST_TEXT) ?? '';
  const keys = (arrayAt(body, 'public_keys') ?? []).slice(0, MOST_KEYS);
  const [first, ...others] = keys.filter(isObject).flatMap(readKey);
  if (TOKEN.test(token) && first) return { token, displayName, publicKeys: [first, ...others] };
  throw new MatrixError(502, 'M_UNKNOWN', 'the identity server did not keep the invitation');
}

function readKey(given: JsonObject): IdentityKey[] {
  const publicKey = stringAt(given, 'public_key');
  const keyValidityUrl = stringAt(given, 'key_validity_url');
  if (publicKey === undefined || keyValidityUrl === undefined) return [];
  return publicKey.length > MOST_TEXT || keyValidityUrl.length > MOST_TEXT ? [] : [{ publicKey, keyValidityUrl }];
}
