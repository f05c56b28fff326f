import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { Stream } from '../../storage/stream.js';
import type { RemovedRoom } from '../rooms/index.js';
import type { ReceiptStore } from './receipts.store.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stream: Stream<RemovedRoom>;
  readonly receipts: ReceiptStore;
}

/** Receipts removed in one transaction. */
const AT_ONCE = 1_000;

/** Forgets how far people read in rooms that are stored no more. */
export const removedRooms = ({ receipts, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'ephemeral.removed-rooms',
    async handle({ roomId }, signal) {
      while (!signal.aborted && (await deps.db.write((tx) => receipts.removeSome(tx, roomId, AT_ONCE))) > 0);
    },
  });
