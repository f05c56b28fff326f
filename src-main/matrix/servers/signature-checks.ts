import type { Milliseconds } from '../../base/clock.js';
import { type JsonObject, objectAt, stringAt } from '../../base/json.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';
import { signedText } from '../../spec/event-id.js';
import type { ServerName } from '../../spec/ids.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import { keyIdsOf } from '../../spec/signing.js';
import type { SignatureCheck } from './ports.js';

/** The check of what `signer` signed `object` with, at a moment at which the key must have been valid. */
export const jsonSignatureCheck = (object: JsonObject, signer: ServerName, at: Milliseconds): SignatureCheck => ({
  signer,
  signatures: signaturesOf(object, signer),
  text: textOr('', () => canonicalJson({ ...object, signatures: undefined, unsigned: undefined }, 'lenient')),
  at,
  validityMatters: true,
});

/**
 * The check of what `signer` signed an event with. An event that nothing could have signed fails it.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#validating-hashes-and-signatures-on-received-events
 */
export const pduSignatureCheck = (pdu: JsonObject, rules: RoomVersionRules, signer: ServerName): SignatureCheck => ({
  signer,
  signatures: signaturesOf(pdu, signer),
  text: textOr('', () => signedText(pdu, rules)),
  at: Number(pdu['origin_server_ts']),
  validityMatters: rules.enforceKeyValidity,
});

function signaturesOf(object: JsonObject, signer: ServerName): Record<string, string> {
  const made = objectAt(objectAt(object, 'signatures'), signer);
  return Object.fromEntries(keyIdsOf(object, signer).map((keyId) => [keyId, stringAt(made, keyId) ?? '']));
}

function textOr(nothing: string, text: () => string): string {
  try {
    return text();
  } catch (error) {
    if (error instanceof NotCanonicalError) return nothing;
    throw error;
  }
}
