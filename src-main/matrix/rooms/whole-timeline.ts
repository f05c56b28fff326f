import type { Clock, Milliseconds } from '../../base/clock.js';
import type { EventId, RoomId } from '../../spec/ids.js';
import type { Matches, Room, Timeline, TimelinePage, TimelineRange } from '../events/index.js';
import type { RemoteHistory, Span } from '../federation/index.js';

/** Pieces of history fetched for one page at most, and for how long. */
const MOST_PIECES = 5;
const LONGEST: Milliseconds = 10_000;

interface PageRead {
  readonly room: Room;
  readonly read: () => Promise<TimelinePage>;
  /** the part of the timeline that a page shows, with what it follows */
  readonly spanOf: (page: TimelinePage) => Span;
}

/** Pages of a room's events, whose gaps other servers fill while they are read. */
export class WholeTimeline {
  constructor(
    private readonly deps: {
      readonly timeline: Timeline;
      readonly history: Pick<RemoteHistory, 'event' | 'fill' | 'hasGap'>;
      readonly clock: Clock;
    },
  ) {}

  /** The newest first. While history is missing that could not be had, a page with events is not the last. */
  async before(room: Room, range: TimelineRange, limit: number, matches?: Matches): Promise<TimelinePage> {
    const { timeline, history } = this.deps;
    const read = () => timeline.before(room, range, limit, matches);
    const spanOf = ({ next }: TimelinePage): Span => ({
      from: next === undefined ? range.after : next + 1,
      upTo: range.upTo + 1,
    });
    const page = await this.#filled({ room, read, spanOf });
    const lowest = page.events.at(-1)?.ord;
    if (page.next !== undefined || lowest === undefined) return page;
    return (await history.hasGap(room.roomId, spanOf(page))) ? { ...page, next: lowest - 1 } : page;
  }

  /** The oldest first. */
  after(room: Room, range: TimelineRange, limit: number, matches?: Matches): Promise<TimelinePage> {
    const read = () => this.deps.timeline.after(room, range, limit, matches);
    const spanOf = ({ next }: TimelinePage): Span => ({ from: range.after + 1, upTo: next ?? range.upTo });
    return this.#filled({ room, read, spanOf });
  }

  /** Fetches an event that is not known here, if history is missing and somebody else has it. */
  async fetchEvent(roomId: RoomId, eventId: EventId): Promise<void> {
    await this.deps.history.event(roomId, eventId);
  }

  async #filled({ room, read, spanOf }: PageRead): Promise<TimelinePage> {
    const { history, clock } = this.deps;
    const end = clock.now() + LONGEST;
    let page = await read();
    for (let pieces = 0; pieces < MOST_PIECES && clock.now() < end; pieces += 1) {
      if (!(await history.fill(room.roomId, spanOf(page)))) break;
      page = await read();
    }
    return page;
  }
}
