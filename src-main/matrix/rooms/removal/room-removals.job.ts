import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { REMOVALS_TOPIC, type RoomRemovals } from './room-removals.js';

/** Does what administrators asked to be removed, one after the other; what a stop broke off goes on. */
export const roomRemovals = ({ db, removals }: { readonly db: Database; readonly removals: RoomRemovals }): Job => ({
  name: 'rooms.removals',
  async run(signal) {
    while (!signal.aborted) {
      const arrived = Promise.withResolvers<void>();
      const unwatch = db.news.watch([REMOVALS_TOPIC], arrived.resolve);
      const onAbort = () => arrived.resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        if (!(await removals.runNext(signal)) && !signal.aborted) await arrived.promise;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        unwatch();
        signal.removeEventListener('abort', onAbort);
      }
    }
  },
});
