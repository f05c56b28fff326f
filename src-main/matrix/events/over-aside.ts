import type { EventId } from '../../spec/ids.js';
import type { Reader } from '../../storage/database.js';
import type { EventStore } from './events.store.js';
import { isPlaced } from './stored-event.js';

/** Events that were put aside, looked past for one event at most. */
const MOST_ASIDE = 100;

/** What an event follows in the timeline. */
export interface Followed {
  /** nids, of those that were asked for */
  readonly followed: readonly number[];
  /** what is not known */
  readonly unknown: readonly EventId[];
}

/**
 * What an event follows, be it over events that were put aside: nobody sees these, and yet what comes before them is the
 * room's past.
 *
 * @param nids of the events that are looked for
 */
export async function followedOverAside(
  db: Reader,
  events: EventStore,
  prevEvents: readonly EventId[],
  nids: readonly number[] = [],
): Promise<Followed> {
  const followed = new Set<number>();
  const unknown = new Set<EventId>();
  const seen = new Set<EventId>();
  for (let open = [...new Set(prevEvents)]; open.length > 0 && seen.size < MOST_ASIDE; ) {
    const found = await events.byIds(db, open);
    const placed = new Set(found.filter(isPlaced).map(({ eventId }) => eventId));
    for (const id of open) {
      seen.add(id);
      if (!placed.has(id)) unknown.add(id);
    }
    for (const { nid } of found) if (nids.includes(nid)) followed.add(nid);
    const aside = found.filter(({ isRejected, isSoftFailed }) => isRejected || isSoftFailed);
    open = [...new Set(aside.flatMap((event) => event.prevEvents))].filter((id) => !seen.has(id));
  }
  return { followed: [...followed], unknown: [...unknown] };
}
