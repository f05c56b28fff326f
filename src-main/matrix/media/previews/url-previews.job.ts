import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { UrlPreviewStore } from './url-previews.store.js';

const HOUR: Milliseconds = 3_600_000;
const AT_ONCE = 100;

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly store: UrlPreviewStore;
  readonly loose: LooseFileStore;
}

/** Forgets, hourly, previews that are too old, and later their pictures. */
export const forgetOldPreviews = (deps: Deps): Job => ({
  name: 'media.forget-previews',
  async run(signal) {
    while (!signal.aborted) {
      await deps.db.write((tx) => deps.store.removeExpired(tx, deps.clock.now()));
      await forgetPictures(deps, signal);
      await deps.clock.sleep(HOUR, signal);
    }
  },
});

async function forgetPictures({ db, clock, store, loose }: Deps, signal: AbortSignal): Promise<void> {
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
