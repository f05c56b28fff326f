import type { Milliseconds } from '../../base/clock.js';
import type { Database } from '../../storage/database.js';
import type { EventTimeStore, TimePlace } from './event-times.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { Room } from './rooms.store.js';
import type { Matches } from './timeline.js';

/** Events looked at for one question at most. */
const MOST_LOOKED_AT = 2_000;
/** Events looked at at once: mostly the first is the one. */
const CHUNK = 20;

/** Events by the times that they say themselves. */
export class EventTimes {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly times: EventTimeStore;
      readonly events: EventStore;
    },
  ) {}

  /** The event nearest to `ts` in a direction, one at that very moment included; among those that `matches` keeps. */
  async nearest(
    room: Room,
    ts: Milliseconds,
    direction: 'b' | 'f',
    matches: Matches,
  ): Promise<StoredEvent | undefined> {
    const { db, times, events } = this.deps;
    const back = direction === 'b';
    let place: TimePlace = { ts, ord: back ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER };
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += CHUNK) {
      const chunk = back
        ? await times.before(db, room.nid, place, CHUNK)
        : await times.after(db, room.nid, place, CHUNK);
      const nids = chunk.map(({ nid }) => nid);
      const [found] = await matches(await events.byNids(db, nids));
      if (found) return found;
      const last = chunk.at(-1);
      if (!last || chunk.length < CHUNK) return undefined;
      place = last;
    }
    return undefined;
  }
}
