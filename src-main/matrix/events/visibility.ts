import { stringAt } from '../../base/json.js';
import { maySeeEvent } from '../../spec/history-visibility.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { membershipIn, stateMapKey } from '../../spec/state-view.js';
import { type ErasedSenders, withoutContent } from './erased-senders.js';
import type { StoredEvent } from './events.store.js';
import type { Retention } from './retention.js';
import type { RoomReader } from './room-reader.js';
import type { StateAt } from './state-at.js';

const VISIBILITY: StateKey = ['m.room.history_visibility', ''];

/**
 * Who may see which events of a room's history. Whoever is joined now sees all of a room whose history was always
 * shared; anything else is decided event by event with the state around it.
 */
export class Visibility {
  constructor(
    private readonly deps: {
      readonly stateAt: StateAt;
      readonly reader: RoomReader;
      readonly retention: Retention;
      readonly erased: Pick<ErasedSenders, 'all'>;
    },
  ) {}

  /** Those of `events`, all of one room, that whoever was in the room through all of them may see. */
  async standing(roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const unexpired = await this.deps.retention.unexpired(roomId, events);
    return unexpired.filter((event) => !event.isRejected && !event.isSoftFailed);
  }

  /**
   * Those of `events`, all of one room, that `userId` may see; in the order given. What erased people wrote is without
   * its content for those who were not in the room then.
   */
  async visibleTo(userId: UserId, roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const shown = await this.standing(roomId, events);
    if (shown.length === 0) return shown;
    const memberKey: StateKey = ['m.room.member', userId];
    const joinedUntil = await this.#joinedUntil(userId, roomId);
    const around = await this.deps.stateAt.entriesBefore(shown, [VISIBILITY, memberKey]);
    const erased = await this.deps.erased.all();
    return shown.flatMap((event) => {
      // What happens to oneself one may always know: a turned-down invitation, a ban.
      if (event.type === memberKey[0] && event.stateKey === userId) return event;
      const before = around.get(event.nid);
      const membership = membershipOfEntry(before?.get(stateMapKey(...memberKey)));
      const visibilityBefore = visibilityOfEntry(before?.get(stateMapKey(...VISIBILITY)));
      const changesVisibility = event.type === VISIBILITY[0] && event.stateKey === VISIBILITY[1];
      const isSeen = maySeeEvent({
        visibilityBefore,
        visibilityAfter: changesVisibility ? visibilityOfEntry(event) : visibilityBefore,
        membershipBefore: membership,
        membershipAfter: membership,
        isJoinedNow: (event.ord ?? 0) <= joinedUntil,
      });
      if (!isSeen) return [];
      return membership !== 'join' && erased.has(event.sender) ? withoutContent(event) : event;
    });
  }

  /** Those of `events`, all of one room, that `userId` may see with all that they say. */
  async seenWhole(userId: UserId, roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const given = new Set(events);
    return (await this.visibleTo(userId, roomId, events)).filter((event) => given.has(event));
  }

  /** Up to which place in the timeline the user was joined at any time: for ever while they are. */
  async #joinedUntil(userId: UserId, roomId: RoomId): Promise<number> {
    const now = await this.deps.reader.membership(roomId, userId);
    if (!now) return Number.NEGATIVE_INFINITY;
    if (now.membership === 'join') return Number.POSITIVE_INFINITY;
    const history = await this.deps.reader.membershipHistory(roomId, userId);
    const left = history.findLast((change) => change.previous === 'join');
    return left?.position ?? Number.NEGATIVE_INFINITY;
  }

  /** This one event as `userId` may see it; undefined when they may not. */
  async seen(userId: UserId, event: StoredEvent): Promise<StoredEvent | undefined> {
    return (await this.visibleTo(userId, event.roomId, [event]))[0];
  }
}

const membershipOfEntry = (event: StoredEvent | undefined) => (event && membershipIn(event.content)) ?? 'leave';

const visibilityOfEntry = (event: StoredEvent | undefined): string | undefined =>
  stringAt(event?.content, 'history_visibility');
