import type { EventId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { type AuthoredStore, FIRST_PLACE } from './authored.store.js';
import type { Amount } from './removal/removal.store.js';
import type { Room } from './rooms.store.js';

/** An event with its place in the room's timeline. */
export interface PlacedEvent {
  readonly eventId: EventId;
  readonly ord: number;
}

/** What somebody wrote in rooms and is still to be read. Nobody else waits while it is looked for. */
export class Authored {
  constructor(private readonly deps: { readonly db: Database; readonly store: AuthoredStore }) {}

  /** How much they said in a room: messages and the like, no state. */
  amount(room: Room, userId: UserId): Promise<Amount> {
    return this.deps.store.amount(this.deps.db.aside, room.nid, userId);
  }

  /**
   * What they said in a room and how they came, went and called themselves there, the earliest first.
   *
   * @param place after which; undefined: from the beginning
   */
  after(room: Room, userId: UserId, place: number | undefined, limit: number): Promise<PlacedEvent[]> {
    return this.deps.store.after(this.deps.db.aside, room.nid, userId, place ?? FIRST_PLACE, limit);
  }
}
