import type { UserId } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';
import { isFetchedLater, type Room, type StoredEvent, type Timeline, type Visibility } from '../../events/index.js';
import type { MessageTimes } from '../../federation/index.js';

/** The newest events of a room. */
export interface TimelinePart {
  /** oldest first */
  readonly events: readonly StoredEvent[];
  /** there are more before these that are new, or where all is new, more in the room */
  readonly isLimited: boolean;
  /** there is nothing before these in the room */
  readonly isWhole: boolean;
  /** the place just before the first of them */
  readonly start: Position;
}

export interface TimelineSpan {
  /** undefined: from the room's beginning */
  readonly after: Position | undefined;
  readonly upTo: Position;
  readonly limit: number;
  /** the viewer was joined through all of it */
  readonly isAllVisible: boolean;
}

interface Reading {
  readonly timeline: Timeline;
  readonly visibility: Visibility;
  readonly times: Pick<MessageTimes, 'delivered'>;
}

/** What lies below was fetched from elsewhere. */
const FIRST = 0;

/** Reads the timeline of a room as one user may see it, without what ignored people say. */
export async function readTimeline(
  { timeline, visibility, times }: Reading,
  room: Room,
  viewer: { readonly userId: UserId; readonly ignored: ReadonlySet<string> },
  { after, upTo, limit, isAllVisible }: TimelineSpan,
): Promise<TimelinePart> {
  const matches = async (events: readonly StoredEvent[]) => {
    const wanted = events.filter(
      (event) => !isFetchedLater(event) && (event.stateKey !== undefined || !viewer.ignored.has(event.sender)),
    );
    return isAllVisible
      ? visibility.standing(room.roomId, wanted)
      : visibility.visibleTo(viewer.userId, room.roomId, wanted);
  };
  const page = await timeline.before(room, { after: after ?? FIRST, upTo }, Math.max(limit, 1), matches);
  // None are wanted, but whether there are any is.
  if (limit === 0) return { events: [], isLimited: page.events.length > 0, isWhole: false, start: upTo };
  const found = page.events.toReversed();
  const { from, isGap } = await timeline.whole(found, after);
  const events = found.slice(from);
  times.delivered(events);
  const isLimited = page.next !== undefined || isGap;
  return {
    events,
    isLimited,
    isWhole: after === undefined && !isLimited,
    start: (isGap ? undefined : page.next) ?? (events[0]?.ord ?? upTo + 1) - 1,
  };
}
