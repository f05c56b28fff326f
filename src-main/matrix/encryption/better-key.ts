import type { BackedUpSession } from './key-backup.store.js';

/**
 * Whether `given` is to take the place of `kept`: a verified key before one that is not, then the one that decrypts
 * from an earlier message, then the one that was passed on less often. Of equals the first stays.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeysroomidsessionid
 */
export function isBetterKey(given: BackedUpSession, kept: BackedUpSession): boolean {
  if (given.isVerified !== kept.isVerified) return given.isVerified;
  if (given.firstMessageIndex !== kept.firstMessageIndex) return given.firstMessageIndex < kept.firstMessageIndex;
  return given.forwardedCount < kept.forwardedCount;
}
