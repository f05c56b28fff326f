import type { Clock } from '../../../base/clock.js';
import type { Database } from '../../../storage/database.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { UrlPreviewStore } from './url-previews.store.js';

const AT_ONCE = 100;

export interface ExpiredPreviewsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly store: UrlPreviewStore;
  readonly loose: LooseFileStore;
}

/** Forgets previews whose time is over, and their pictures. */
export async function forgetExpired({ db, clock, store, loose }: ExpiredPreviewsDeps, signal: AbortSignal) {
  await db.write((tx) => store.removeExpired(tx, clock.now()));
  for (let found = AT_ONCE; found === AT_ONCE && !signal.aborted; ) {
    const expired = await store.expiredPictures(db, clock.now(), AT_ONCE);
    found = expired.length;
    if (found === 0) return;
    await db.write(async (tx) => {
      for (const { mediaId, hash } of expired) {
        await store.removePicture(tx, mediaId);
        if (hash !== undefined) await loose.add(tx, hash);
      }
    });
  }
}
