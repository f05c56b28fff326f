import { expect, it } from 'vitest';
import { isBetterKey } from '../../../src-main/matrix/encryption/better-key.js';

const session = ([isVerified, firstMessageIndex, forwardedCount]: readonly [boolean, number, number]) => ({
  roomId: '!room' as const,
  sessionId: 'session',
  isVerified,
  firstMessageIndex,
  forwardedCount,
  sessionData: {},
});

it.each([
  ['a verified key replaces one that is not, however late it begins', [true, 99, 99], [false, 0, 0], true],
  ['a key that is not verified never replaces one that is', [false, 0, 0], [true, 99, 99], false],
  ['a key that begins earlier replaces a later one', [true, 1, 99], [true, 2, 0], true],
  ['a key that begins later does not', [false, 2, 0], [false, 1, 99], false],
  ['a key forwarded less often replaces one as early', [false, 1, 1], [false, 1, 2], true],
  ['a key forwarded more often does not', [true, 1, 2], [true, 1, 1], false],
  ['of two equal keys the first stays', [true, 1, 1], [true, 1, 1], false],
] as const)('%s', (_case, given, kept, better) => {
  expect(isBetterKey(session(given), session(kept))).toBe(better);
});
