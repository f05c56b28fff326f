import type { Milliseconds } from '../../../base/clock.js';
import { notFound } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { EventTimes, StoredEvent, Visibility } from '../../events/index.js';
import type { RemoteHistory, TimedEvent } from '../../federation/index.js';
import type { RoomAccess } from '../room-access.js';

/** Where in a room something was said at some time. @see https://spec.matrix.org/v1.19/client-server-api/#jump-to-an-event-by-date */
export class EventByTime {
  constructor(
    private readonly deps: {
      readonly access: RoomAccess;
      readonly times: EventTimes;
      readonly visibility: Visibility;
      readonly history: Pick<RemoteHistory, 'mayMiss' | 'nearest'>;
    },
  ) {}

  /**
   * The event nearest to a time, that the user may see.
   *
   * @param direction `f`: at that time or later; `b`: at that time or earlier
   * @throws MatrixError M_FORBIDDEN for the room; M_NOT_FOUND when there is none
   */
  async find(roomId: RoomId, userId: UserId, ts: Milliseconds, direction: 'b' | 'f'): Promise<StoredEvent> {
    const sight = await this.deps.access.sight(roomId, userId);
    const here = await this.deps.times.nearest(sight.room, ts, direction, (events) =>
      this.deps.visibility.visibleTo(userId, roomId, events),
    );
    const found = (sight.leftWith ? undefined : await this.#elsewhere(roomId, userId, { ts, direction }, here)) ?? here;
    if (!found) throw notFound(`there is no event ${direction === 'f' ? 'at that time or later' : 'until that time'}`);
    return found;
  }

  /** A nearer event that other servers know, where something is missing here. */
  async #elsewhere(
    roomId: RoomId,
    userId: UserId,
    asked: { readonly ts: Milliseconds; readonly direction: 'b' | 'f' },
    here: StoredEvent | undefined,
  ): Promise<StoredEvent | undefined> {
    const { history, visibility } = this.deps;
    if (!(await history.mayMiss(roomId, asked.ts))) return undefined;
    const isNearer = ({ originServerTs: ts }: TimedEvent): boolean => {
      if (asked.direction === 'f') return ts >= asked.ts && (!here || ts < here.originServerTs);
      return ts <= asked.ts && (!here || ts > here.originServerTs);
    };
    const found = await history.nearest(roomId, asked, isNearer);
    return found && isNearer(found) ? visibility.seen(userId, found) : undefined;
  }
}
