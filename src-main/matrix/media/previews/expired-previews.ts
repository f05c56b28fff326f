import type { Clock } from '../../../base/clock.js';
import type { Database } from '../../../storage/database.js';
import type { ClearUpWatch } from '../care/media-care.js';
import type { MediaAmount } from '../care/media-care.store.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { UrlPreviewStore } from './url-previews.store.js';

const AT_ONCE = 100;

export interface ExpiredPreviewsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly store: UrlPreviewStore;
  readonly loose: LooseFileStore;
}

/**
 * Forgets previews whose time is over, and their pictures.
 *
 * @returns how many pictures went
 */
export async function forgetExpired(
  { db, clock, store, loose }: ExpiredPreviewsDeps,
  signal: AbortSignal,
  { onGone, enough }: Required<ClearUpWatch> = nobody,
): Promise<MediaAmount> {
  await db.write((tx) => store.removeExpired(tx, clock.now()));
  let gone: MediaAmount = { count: 0, bytes: 0 };
  for (let found = AT_ONCE; found === AT_ONCE && !signal.aborted && !enough(gone); ) {
    const expired = await store.expiredPictures(db, clock.now(), AT_ONCE);
    found = expired.length;
    if (found === 0) break;
    const files = expired.filter(({ hash }) => hash !== undefined);
    const some = { count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
    await db.write(async (tx) => {
      for (const { mediaId, hash } of expired) {
        await store.removePicture(tx, mediaId);
        if (hash !== undefined) await loose.add(tx, hash);
      }
      await onGone(tx, some);
    });
    gone = { count: gone.count + some.count, bytes: gone.bytes + some.bytes };
  }
  return gone;
}

const nobody: Required<ClearUpWatch> = { onGone: async () => undefined, enough: () => false };
