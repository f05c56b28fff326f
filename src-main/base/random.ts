import { randomBytes, randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `length` random letters; 5.7 bits each. */
export const randomLetters = (length: number): string => pick(LETTERS, length);

/** `length` random capital letters, as device ids have. */
export const randomCapitals = (length: number): string => pick(CAPITALS, length);

/** A secret of `bytes` random bytes in URL-safe unpadded base64. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

function pick(alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}
