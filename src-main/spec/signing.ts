import { fromBase64, toBase64 } from '../base/base64.js';
import { sign, verify } from '../base/ed25519.js';
import { type JsonObject, objectAt, stringAt } from '../base/json.js';
import { canonicalJson, NotCanonicalError } from './canonical-json.js';
import type { Pdu } from './event.js';
import { signedText } from './event-id.js';
import type { ServerName } from './ids.js';
import type { RoomVersionRules } from './room-version.js';

/** A key that this server signs with. */
export interface SigningKey {
  /** `ed25519:<version>` */
  readonly keyId: string;
  /** 32 raw bytes */
  readonly publicKey: Uint8Array;
  /** 64 raw bytes, as libsodium has them */
  readonly secretKey: Uint8Array;
}

/**
 * `object` with one signature more; signatures that it has stay, and `unsigned` is not covered.
 *
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/appendices/#signing-details
 */
export function signJson<O extends JsonObject>(object: O, signer: string, key: SigningKey): O & JsonObject {
  return withSignature(object, signer, key, textToSign(object));
}

/**
 * Whether `publicKey` made the signature that `object` has of `signer` with `keyId`.
 *
 * @param signer a server name, or for keys of users a user id
 * @param keyId `ed25519:<version>`
 * @param publicKey 32 raw bytes
 * @returns false also when there is no such signature, or nothing that could be signed
 * @see https://spec.matrix.org/v1.19/appendices/#checking-for-a-signature
 */
export const verifyJson = (object: JsonObject, signer: string, keyId: string, publicKey: Uint8Array): boolean =>
  verifyText(() => textToSign(object), signatureOf(object, signer, keyId), publicKey);

/**
 * The event with a signature of `server` more, which covers the redacted event. Its content hash must be in it.
 *
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/server-server-api/#signing-events
 */
export const signPdu = <P extends JsonObject = Pdu>(
  pdu: P,
  rules: RoomVersionRules,
  server: ServerName,
  key: SigningKey,
): P => withSignature(pdu, server, key, signedText(pdu, rules));

/** Whether `publicKey` made the signature that the event has of `server` with `keyId`; see `verifyJson`. */
export const verifyPdu = (
  pdu: JsonObject,
  rules: RoomVersionRules,
  server: ServerName,
  keyId: string,
  publicKey: Uint8Array,
): boolean => verifyText(() => signedText(pdu, rules), signatureOf(pdu, server, keyId), publicKey);

/** The ids of the keys that `signer` signed `object` with: the ed25519 ones, which are all that Matrix knows. */
export const keyIdsOf = (object: JsonObject, signer: string): string[] =>
  Object.keys(objectAt(objectAt(object, 'signatures'), signer) ?? {}).filter((keyId) => keyId.startsWith('ed25519:'));

/** The signature in unpadded base64 that `key` makes over the UTF-8 of `text`. */
export const signText = (text: string, key: SigningKey): string =>
  toBase64(sign(Buffer.from(text, 'utf8'), key.secretKey));

const textToSign = (object: JsonObject): string =>
  canonicalJson({ ...object, signatures: undefined, unsigned: undefined }, 'lenient');

function withSignature<O extends JsonObject>(object: O, signer: string, key: SigningKey, text: string): O & JsonObject {
  const signatures = objectAt(object, 'signatures') ?? {};
  const ofSigner = { ...objectAt(signatures, signer), [key.keyId]: signText(text, key) };
  return { ...object, signatures: { ...signatures, [signer]: ofSigner } };
}

/** 64 bytes, or undefined when there is no such signature. */
function signatureOf(object: JsonObject, signer: string, keyId: string): Uint8Array | undefined {
  const signature = stringAt(objectAt(objectAt(object, 'signatures'), signer), keyId);
  return signature === undefined ? undefined : fromBase64(signature);
}

function verifyText(text: () => string, signature: Uint8Array | undefined, publicKey: Uint8Array): boolean {
  if (!signature) return false;
  try {
    return verify(Buffer.from(text(), 'utf8'), signature, publicKey);
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}
