export type Strength = 'weak' | 'fair' | 'strong';

const COMMON = /^(?:password|passwort|12345|qwert|letmein|admin|welcome|hearth|iloveyou|geheim)/i;
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];
const CLASS_SIZES = [26, 26, 10, 33];
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A rough judgement by the bits that a blind guess would need, less for what everybody tries first. */
export function strengthOf(password: string): Strength {
  const alphabet = CLASSES.reduce((sum, kind, index) => sum + (kind.test(password) ? (CLASS_SIZES[index] ?? 0) : 0), 0);
  const different = new Set(password).size;
  const bits = Math.min([...password].length, different * 2) * Math.log2(Math.max(2, alphabet));
  if (COMMON.test(password) || bits < 50) return 'weak';
  return bits < 75 ? 'fair' : 'strong';
}

/** Four groups of four letters and digits that nobody mixes up: 79 bits. */
export function suggestPassword(): string {
  const groups = Array.from({ length: 4 }, () => Array.from({ length: 4 }, randomLetter).join(''));
  return groups.join('-');
}

/** Each letter as likely as any other: bytes past the last whole multiple are drawn again. */
function randomLetter(): string {
  const limit = 256 - (256 % LETTERS.length);
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return LETTERS.charAt(byte % LETTERS.length);
  }
}
