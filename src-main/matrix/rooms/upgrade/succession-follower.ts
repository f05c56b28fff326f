import type { Clock } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { batchFollower, type Writing } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import { successionBy } from './succession.js';

interface SuccessionFollowerOptions {
  /** unique and the same for ever: its place is stored under it */
  readonly name: string;
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  /** Carries what one person has of a room to the room that takes its place, perhaps not for the first time. */
  carry(userId: UserId, from: RoomId, to: RoomId): Promise<void>;
}

/** Everything is written already: only that this is done needs to be. */
const PLACE_ONLY: Writing = async () => undefined;

/** Follows rooms that are replaced, whether by an upgrade or by hand, for everybody whom that concerns. */
export const successionFollower = ({ events, carry, ...options }: SuccessionFollowerOptions): Job =>
  batchFollower({
    ...options,
    stream: events.stream,
    gather: 50,
    async prepare(changes, signal) {
      let writing: Writing | undefined;
      for (const { change } of changes) {
        const succession = await successionBy(change, events.reader);
        if (!succession) continue;
        for (const userId of succession.userIds) {
          signal.throwIfAborted();
          await carry(userId, succession.from, succession.to);
        }
        writing = PLACE_ONLY;
      }
      return writing;
    },
  });
