import { fromBase64 } from '../../base/base64.js';
import { type JsonObject, type JsonValue, objectAt, stringAt } from '../../base/json.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';
import { badJson } from '../../spec/errors.js';
import { verifyJson } from '../../spec/signing.js';

/** Whether two values are the same JSON, whatever the order of their keys. */
export const isSameJson = (a: JsonValue | undefined, b: JsonValue | undefined): boolean =>
  canonicalJson(a ?? null, 'lenient') === canonicalJson(b ?? null, 'lenient');

/** Whether two key objects are the same but for who signed them. */
export const isSameKey = (a: JsonObject, b: JsonObject): boolean => isSameJson(unsigned(a), unsigned(b));

const unsigned = (key: JsonObject): JsonObject => ({ ...key, signatures: undefined, unsigned: undefined });

/**
 * The public key of a cross-signing key object: the one member of `keys`, which is named after its value.
 *
 * @returns unpadded base64, or undefined when the object is not of that form
 */
export function publicKeyOf(key: JsonObject): string | undefined {
  const [only, ...others] = Object.entries(objectAt(key, 'keys') ?? {});
  if (!only || others.length > 0 || typeof only[1] !== 'string') return undefined;
  const isNamedAfterItself = only[0] === `ed25519:${only[1]}`;
  return isNamedAfterItself && fromBase64(only[1])?.length === 32 ? only[1] : undefined;
}

/**
 * Whether `signerId` signed `object` with one of its keys.
 *
 * @param signerKey what follows `ed25519:` in the key's name: a device id or a public key
 * @param publicKey unpadded base64
 */
export function isSignedBy(object: JsonObject, signerId: string, signerKey: string, publicKey: string): boolean {
  const bytes = fromBase64(publicKey);
  return bytes !== undefined && verifyJson(object, signerId, `ed25519:${signerKey}`, bytes);
}

/** The signature that `object` carries of `signerId` with the key `signerKey` (`ed25519:...`). */
export const signatureBy = (object: JsonObject, signerId: string, signerKey: string): string | undefined =>
  stringAt(objectAt(objectAt(object, 'signatures'), signerId), signerKey);

/**
 * `object` as it is signed: what has no such form would never reach another server, and hold up what comes after it.
 *
 * @throws MatrixError M_BAD_JSON for a number that is no integer of 53 bits
 */
export function signable(object: JsonObject): string {
  try {
    return canonicalJson(object);
  } catch (error) {
    if (error instanceof NotCanonicalError) throw badJson(`this cannot be signed: ${error.message}`);
    throw error;
  }
}
