import { turn } from '../../../base/yield.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { LooseFileStore } from '../loose-files.store.js';
import type { MediaRetention } from '../media-retention.js';
import type { MediaAmount } from './media-care.store.js';
import type { PersonMediaStore } from './person-media.store.js';

const AT_ONCE = 50;

/** All that one person uploaded, protected or not. */
export class PersonMedia {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PersonMediaStore;
      readonly loose: LooseFileStore;
      readonly retention: Pick<MediaRetention, 'removeLooseFiles'>;
    },
  ) {}

  /**
   * Deletes a few of somebody's uploads, with their thumbnails. Files that others uploaded too stay for them.
   *
   * @param more what else is written in the same step
   * @returns what went; a count of 0: there was nothing left
   */
  async removeSome(
    userId: UserId,
    signal: AbortSignal,
    more: (tx: Transaction, gone: MediaAmount) => Promise<void>,
  ): Promise<MediaAmount> {
    const { db, store, loose, retention } = this.deps;
    const found = await store.some(db, userId, AT_ONCE);
    const gone = { count: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
    if (gone.count === 0) return gone;
    await db.write(async (tx) => {
      const mediaIds = found.map(({ mediaId }) => mediaId);
      for (const hash of await store.remove(tx, mediaIds)) await loose.add(tx, hash);
      await more(tx, gone);
    });
    await retention.removeLooseFiles(signal);
    await turn();
    return gone;
  }
}
