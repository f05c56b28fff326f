import { MatrixError } from '../../spec/errors.js';
import type { Database } from '../../storage/database.js';
import type { EventAppender } from './append.js';
import type { MembershipStore } from './membership.store.js';
import type { Room } from './rooms.store.js';

/** A room with more leaves than an event can name is tied together: each of them costs with each event to come. */
export const MOST_LEAVES = 20;
/** People here who are tried: most may say something. */
const MOST_TRIED = 5;

/** What ties leaves together; clients show it to nobody. */
const DUMMY = 'org.matrix.dummy_event';

/** Ties the leaves of graphs that forked too often, by an event that says nothing. */
export class TieLeaves {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly appender: EventAppender;
      readonly memberships: MembershipStore;
    },
  ) {}

  /** In the name of somebody here who may; where nobody may, nothing is tied. */
  async run(room: Room): Promise<void> {
    const { db, appender, memberships } = this.deps;
    for (const { userId } of await memberships.localIn(db, room.nid, MOST_TRIED)) {
      const draft = { roomId: room.roomId, sender: userId, type: DUMMY, content: {} };
      try {
        await db.write((tx) => appender.append(tx, draft));
        return;
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
      }
    }
  }
}
