import { type JsonObject, objectAt, stringAt } from '../base/json.js';
import { fromBase64 } from '../base/base64.js';
import { sha256Base64 } from '../base/sha256.js';
import { canonicalJson, NotCanonicalError } from './canonical-json.js';

/**
 * The hash that covers all of an event, what redaction removes too: unpadded base64 of the SHA-256 of its canonical
 * JSON without `unsigned`, `signatures` and `hashes`.
 *
 * @param pdu events of room versions 1 to 5 from elsewhere must come from `parseJsonLossless`
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event
 */
export function contentHash(pdu: JsonObject): string {
  return sha256Base64(
    canonicalJson({ ...pdu, unsigned: undefined, signatures: undefined, hashes: undefined }, 'lenient'),
  );
}

/** Whether `hashes.sha256` is the content hash; if not, only the redacted event may be used. */
export function hasValidContentHash(pdu: JsonObject): boolean {
  const claimed = fromBase64(stringAt(objectAt(pdu, 'hashes'), 'sha256') ?? '');
  if (claimed?.length !== 32) return false;
  try {
    return Buffer.from(contentHash(pdu), 'base64').equals(claimed);
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}
