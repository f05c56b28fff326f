import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../src-main/base/base64.js';
import { keyPairFromSeed, randomKeyPair, seedOf, sign, verify } from '../../src-main/base/ed25519.js';

const seed = fromBase64('YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1')!;
const message = new TextEncoder().encode('{"one":1}');

it('grows the key of the specification from its seed', () => {
  const pair = keyPairFromSeed(seed);
  expect(toBase64(pair.publicKey)).toBe('XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI');
  expect(seedOf(pair.secretKey)).toEqual(seed);
});

it('verifies what it signed, and the empty message too', () => {
  const pair = randomKeyPair();
  for (const text of [message, new Uint8Array()]) {
    expect(verify(text, sign(text, pair.secretKey), pair.publicKey)).toBe(true);
  }
});

it('refuses a changed message, another key, and keys or signatures of a wrong length', () => {
  const pair = keyPairFromSeed(seed);
  const signature = sign(message, pair.secretKey);
  expect(verify(message.slice(1), signature, pair.publicKey)).toBe(false);
  expect(verify(message, signature, randomKeyPair().publicKey)).toBe(false);
  expect(verify(message, signature.slice(1), pair.publicKey)).toBe(false);
  expect(verify(message, new Uint8Array(65), pair.publicKey)).toBe(false);
  expect(verify(message, signature, pair.publicKey.slice(1))).toBe(false);
});

it('refuses a seed that is not 32 bytes', () => {
  expect(() => keyPairFromSeed(seed.slice(1))).toThrow();
});
