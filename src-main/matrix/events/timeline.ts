import type { Database } from '../../storage/database.js';
import type { EventStore, StoredEvent } from './events.store.js';
import { PLACES_OF_A_GAP } from './gap-places.js';
import type { GraphStore } from './graph.store.js';
import type { RoomMemory } from './room-memory.js';
import type { Room } from './rooms.store.js';

/** Which part of a timeline: places (`ord`) after `after`, up to and including `upTo`. */
export interface TimelineRange {
  readonly after: number;
  readonly upTo: number;
}

/** A page of a timeline. */
export interface TimelinePage {
  /** in the direction asked for */
  readonly events: readonly StoredEvent[];
  /**
   * where the next page starts: as `upTo` going back, as `after` going forward; undefined when the range is exhausted
   */
  readonly next: number | undefined;
}

/** Events looked at for one page at most: a filter that matches nothing must not walk a whole room. */
const MOST_LOOKED_AT = 2_000;
const CHUNK = 200;

/** Pages of a room's events, in the order in which they came to this server. */
export class Timeline {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly events: EventStore;
      readonly graph: GraphStore;
      readonly memory: RoomMemory;
    },
  ) {}

  /** The newest first. */
  before(room: Room, range: TimelineRange, limit: number, matches?: Matches): Promise<TimelinePage> {
    return this.#page('back', room, range, limit, matches);
  }

  /** The oldest first. */
  after(room: Room, range: TimelineRange, limit: number, matches?: Matches): Promise<TimelinePage> {
    return this.#page('forward', room, range, limit, matches);
  }

  /**
   * @param matches keeps events of a chunk; called with many at once, so that it may look things up
   */
  async #page(
    direction: 'back' | 'forward',
    room: Room,
    range: TimelineRange,
    limit: number,
    matches: Matches = async (events) => events,
  ): Promise<TimelinePage> {
    const { db, events } = this.deps;
    const page: StoredEvent[] = [];
    let { after, upTo } = range;
    for (let looked = 0; looked < MOST_LOOKED_AT; ) {
      const size = Math.min(CHUNK, Math.max(limit - page.length + 1, 10));
      const nids =
        direction === 'back'
          ? await this.#nidsBefore(room, { upTo, after }, size)
          : await events.after(db, room.nid, after, upTo, size);
      const chunk = await events.byNids(db, nids);
      looked += chunk.length;
      for (const event of await matches(chunk)) {
        page.push(event);
        if (page.length < limit) continue;
        const next = direction === 'back' ? ordOf(event) - 1 : ordOf(event);
        const isLast = nids.length < size && event.nid === chunk.at(-1)?.nid;
        return { events: page, next: isLast ? undefined : next };
      }
      const last = chunk.at(-1);
      if (nids.length < size || !last) return { events: page, next: undefined };
      if (direction === 'back') upTo = ordOf(last) - 1;
      else after = ordOf(last);
    }
    return { events: page, next: direction === 'back' ? upTo : after };
  }

  /**
   * The first of `events` after which the timeline has no gap: what came before it may have come long before it.
   *
   * @param events of one timeline, the oldest first
   * @param after the place after which they are; undefined: they are the room's first
   * @returns its index, and whether history is missing before it
   */
  async whole(
    events: readonly StoredEvent[],
    after: number | undefined,
  ): Promise<{ readonly from: number; readonly isGap: boolean }> {
    const { db, graph } = this.deps;
    let before = after ?? Number.NEGATIVE_INFINITY;
    const suspects: StoredEvent[] = [];
    for (const event of events) {
      // Before what follows a gap places were left free.
      if (ordOf(event) - before > PLACES_OF_A_GAP) suspects.push(event);
      before = ordOf(event);
    }
    const nids = suspects.map(({ nid }) => nid);
    const lacking = suspects.length > 0 ? await graph.lacking(db, nids) : new Set<number>();
    const last = suspects.findLast(({ nid }) => lacking.has(nid));
    return last ? { from: events.indexOf(last), isGap: true } : { from: 0, isGap: false };
  }

  /** Who waits for news of a room asks for the same few new events as all others: that is remembered. */
  #nidsBefore(room: Room, { upTo, after }: TimelineRange, size: number): Promise<number[]> {
    const { db, events, memory } = this.deps;
    const ask = () => events.before(db, room.nid, upTo, after, size);
    return after > 0 ? memory.recall(room.roomId, `before ${upTo} ${after} ${size}`, ask) : ask();
  }
}

export type Matches = (events: readonly StoredEvent[]) => Promise<readonly StoredEvent[]>;

const ordOf = (event: StoredEvent): number => event.ord ?? 0;
