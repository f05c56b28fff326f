import type { Milliseconds } from '../../../base/clock.js';
import { notFound } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { EventTimes, StoredEvent, Visibility } from '../../events/index.js';
import type { RoomAccess } from '../room-access.js';

/** Where in a room something was said at some time. @see https://spec.matrix.org/v1.19/client-server-api/#jump-to-an-event-by-date */
export class EventByTime {
  constructor(
    private readonly deps: {
      readonly access: RoomAccess;
      readonly times: EventTimes;
      readonly visibility: Visibility;
    },
  ) {}

  /**
   * The event nearest to a time, that the user may see.
   *
   * @param direction `f`: at that time or later; `b`: at that time or earlier
   * @throws MatrixError M_FORBIDDEN for the room; M_NOT_FOUND when there is none
   */
  async find(roomId: RoomId, userId: UserId, ts: Milliseconds, direction: 'b' | 'f'): Promise<StoredEvent> {
    const { room } = await this.deps.access.sight(roomId, userId);
    const found = await this.deps.times.nearest(room, ts, direction, (events) =>
      this.deps.visibility.visibleTo(userId, roomId, events),
    );
    if (!found) throw notFound(`there is no event ${direction === 'f' ? 'at that time or later' : 'until that time'}`);
    return found;
  }
}
