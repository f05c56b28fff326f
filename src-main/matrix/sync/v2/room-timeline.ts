import { limitOf, matchesRoomEventFilter } from '../../../spec/event-filter.js';
import {
  isFetchedLater,
  type Matches,
  type Room,
  type StoredEvent,
  type Timeline,
  type Visibility,
} from '../../events/index.js';
import type { MessageTimes } from '../../federation/index.js';
import type { SyncContext } from './context.js';

/** The newest events of a room that are new to the client. */
export interface TimelinePart {
  /** oldest first */
  readonly events: readonly StoredEvent[];
  /** there are more between `after` and these */
  readonly isLimited: boolean;
  /** the place just before the first of them */
  readonly start: number;
}

const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 1000;
/** What lies below was fetched from elsewhere. */
const FIRST = 0;

/** Which part of a room's timeline to show, and whether all of it is visible anyway. */
export interface TimelineSpan {
  /** undefined: from the room's beginning */
  readonly after: number | undefined;
  readonly upTo: number;
  /** the viewer was joined through all of it */
  readonly isAllVisible: boolean;
}

/** Reads the timelines of /sync. */
export class RoomTimelines {
  constructor(
    private readonly deps: {
      readonly timeline: Timeline;
      readonly visibility: Visibility;
      readonly times: Pick<MessageTimes, 'delivered'>;
    },
  ) {}

  async read(context: SyncContext, room: Room, span: TimelineSpan): Promise<TimelinePart> {
    const filter = context.filter.room?.timeline;
    const limit = limitOf(filter, DEFAULT_LIMIT, LARGEST_LIMIT);
    const range = { after: span.after ?? FIRST, upTo: span.upTo };
    const page = await this.deps.timeline.before(room, range, limit, this.#matches(context, room, span.isAllVisible));
    const found = page.events.toReversed();
    const { from, isGap } = await this.deps.timeline.whole(found, span.after);
    const events = found.slice(from);
    this.deps.times.delivered(events);
    const first = (events[0]?.ord ?? span.upTo + 1) - 1;
    if (isGap) return { events, isLimited: true, start: first };
    return { events, isLimited: page.next !== undefined, start: page.next ?? first };
  }

  #matches({ filter, ignored, viewer }: SyncContext, room: Room, isAllVisible: boolean): Matches {
    return async (events) => {
      const wanted = events.filter(
        (event) =>
          !isFetchedLater(event) &&
          matchesRoomEventFilter(event, filter.room?.timeline) &&
          (event.stateKey !== undefined || !ignored.has(event.sender)),
      );
      return isAllVisible
        ? this.deps.visibility.standing(room.roomId, wanted)
        : this.deps.visibility.visibleTo(viewer.userId, room.roomId, wanted);
    };
  }
}
