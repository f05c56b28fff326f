import { stringAt } from '../../base/json.js';
import { maySeeEvent } from '../../spec/history-visibility.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { membershipIn, stateMapKey } from '../../spec/state-view.js';
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
    private readonly deps: { readonly stateAt: StateAt; readonly reader: RoomReader; readonly retention: Retention },
  ) {}

  /** Those of `events`, all of one room, that whoever was in the room through all of them may see. */
  async standing(roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const unexpired = await this.deps.retention.unexpired(roomId, events);
    return unexpired.filter((event) => !event.isRejected && !event.isSoftFailed);
  }

  /** Those of `events`, all of one room, that `userId` may see; in the order given. */
  async visibleTo(userId: UserId, roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const shown = await this.standing(roomId, events);
    if (shown.length === 0) return shown;
    const memberKey: StateKey = ['m.room.member', userId];
    const joinedUntil = await this.#joinedUntil(userId, roomId);
    const around = await this.deps.stateAt.entriesBefore(shown, [VISIBILITY, memberKey]);
    return shown.filter((event) => {
      // What happens to oneself one may always know: a turned-down invitation, a ban.
      if (event.type === memberKey[0] && event.stateKey === userId) return true;
      const before = around.get(event.nid);
      const entry = (key: StateKey) => before?.get(stateMapKey(...key));
      const membershipBefore = membershipOfEntry(entry(memberKey));
      const visibilityBefore = visibilityOfEntry(entry(VISIBILITY));
      const changes = (key: StateKey) => event.type === key[0] && event.stateKey === key[1];
      return maySeeEvent({
        visibilityBefore,
        visibilityAfter: changes(VISIBILITY) ? visibilityOfEntry(event) : visibilityBefore,
        membershipBefore,
        membershipAfter: changes(memberKey) ? membershipOfEntry(event) : membershipBefore,
        isJoinedNow: (event.ord ?? 0) <= joinedUntil,
      });
    });
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

  /** Whether `userId` may see this one event. */
  async maySee(userId: UserId, event: StoredEvent): Promise<boolean> {
    return (await this.visibleTo(userId, event.roomId, [event])).length === 1;
  }
}

const membershipOfEntry = (event: StoredEvent | undefined) => (event && membershipIn(event.content)) ?? 'leave';

const visibilityOfEntry = (event: StoredEvent | undefined): string | undefined =>
  stringAt(event?.content, 'history_visibility');
