import { fromBase64 } from '../../src-main/base/base64.js';
import { keyPairFromSeed } from '../../src-main/base/ed25519.js';
import type { Pdu } from '../../src-main/spec/event.js';
import { type RoomVersionRules, roomVersionRules } from '../../src-main/spec/room-version.js';
import type { SigningKey } from '../../src-main/spec/signing.js';
import { vectors } from './vectors.js';

/** The signing key of the specification's vectors. */
export const specKey: SigningKey = {
  keyId: vectors.key.key_id,
  ...keyPairFromSeed(fromBase64(vectors.key.seed_base64)!),
};

export function rulesOf(version: string): RoomVersionRules {
  const rules = roomVersionRules(version);
  if (!rules) throw new Error(`no room version ${version}`);
  return rules;
}

/** A PDU with everything it needs, and `changes`. */
export const pdu = (changes: Record<string, unknown> = {}): Pdu =>
  ({
    auth_events: [],
    content: { body: 'hello', msgtype: 'm.text' },
    depth: 3,
    hashes: { sha256: 'LwHssW8CWVfvDp9SPdVRlH1RJmlAbylVZ7Dz5VAxstA' },
    origin_server_ts: 1_000_000,
    prev_events: [],
    room_id: '!x:domain',
    sender: '@a:domain',
    signatures: {},
    type: 'm.room.message',
    ...changes,
  }) as unknown as Pdu;
