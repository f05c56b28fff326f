import sodium from 'sodium-native';

/** An ed25519 key pair in libsodium's form. */
export interface KeyPair {
  /** 32 raw bytes */
  readonly publicKey: Uint8Array;
  /** 64 raw bytes: the seed, then the public key */
  readonly secretKey: Uint8Array;
}

/** Bytes of a seed: what a signing key file keeps. */
export const SEED_BYTES = 32;
/** Bytes of a public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** A new key pair from the system's randomness. */
export function randomKeyPair(): KeyPair {
  const pair = emptyPair();
  sodium.crypto_sign_keypair(pair.publicKey, pair.secretKey);
  return pair;
}

/**
 * The key pair that grows from `seed`.
 *
 * @param seed 32 raw bytes; another length throws
 */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const pair = emptyPair();
  sodium.crypto_sign_seed_keypair(pair.publicKey, pair.secretKey, seed);
  return pair;
}

/** The 32 bytes that `keyPairFromSeed` makes this secret key from. */
export const seedOf = (secretKey: Uint8Array): Uint8Array => secretKey.slice(0, SEED_BYTES);

/**
 * Signs `message`.
 *
 * @param secretKey the 64 bytes of a `KeyPair`
 * @returns 64 raw bytes, the same each time
 */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  sodium.crypto_sign_detached(signature, message, secretKey);
  return signature;
}

/** Whether `publicKey` made `signature` over `message`; false for keys and signatures of the wrong length. */
export function verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

const emptyPair = (): KeyPair => ({ publicKey: new Uint8Array(PUBLIC_KEY_BYTES), secretKey: new Uint8Array(64) });
