import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import type { MediaStore } from './media.store.js';

const HOUR: Milliseconds = 60 * 60_000;

/** Forgets, hourly, media ids to which nothing was uploaded in time. */
export const forgetUnusedMedia = ({ db, clock, store }: { db: Database; clock: Clock; store: MediaStore }): Job => ({
  name: 'media.forget-unused',
  async run(signal) {
    while (!signal.aborted) {
      await db.write((tx) => store.removeExpired(tx, clock.now()));
      await clock.sleep(HOUR, signal);
    }
  },
});
