import type { Clock } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { membershipIn } from '../../spec/state-view.js';
import type { Database, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { ChangeState } from './change-state.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { MembershipStore } from './membership.store.js';
import type { NameStore } from './names.store.js';
import type { PersistEvent } from './persist.js';
import type { OutOfBand } from './ports.js';
import type { RoomHeads } from './room-heads.js';
import type { Room, RoomStore } from './rooms.store.js';
import type { StrippedStateStore } from './stripped-state.store.js';

/** Stores what happens to people here in rooms that this server is not in: they are invited, knock, are turned away. */
export class OutOfBandMemberships {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly names: NameStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly memberships: MembershipStore;
      readonly stripped: StrippedStateStore;
      readonly heads: RoomHeads;
      readonly persist: PersistEvent;
      readonly changeState: ChangeState;
    },
  ) {}

  put(given: OutOfBand): Promise<StoredEvent> {
    return this.deps.db.write(async (tx) => {
      const { rooms, clock, events, persist } = this.deps;
      const { roomId, rules, event: checked } = given;
      const room = await rooms.heardOf(tx, roomId, rules, clock.now());
      const standing = await events.byId(tx, checked.event.eventId);
      const stored = standing ?? (await persist.aside(tx, room, checked, { status: 'accepted' }));
      await this.#setMembership(tx, room, stored, given.strippedState);
      return stored;
    });
  }

  async #setMembership(
    tx: Transaction,
    room: Room,
    event: StoredEvent,
    shown: OutOfBand['strippedState'],
  ): Promise<void> {
    const { heads, memberships, changeState, names, stripped } = this.deps;
    const userId = event.stateKey as UserId;
    const before = await memberships.one(tx, room.nid, userId);
    // Whoever is joined has come into the room since, or was in it all along: the room's own state tells.
    if (before?.eventNid === event.nid || before?.membership === 'join') return;
    const head = await heads.open(tx, room);
    await changeState.member(tx, head, userId, { position: tx.position(), event, eventNid: event.nid });
    const userNid = await names.intern(tx, userId);
    const membership = membershipIn(event.content);
    if (membership === 'leave' || membership === 'ban') await stripped.remove(tx, room.nid, userNid);
    else if (shown) await stripped.put(tx, room.nid, userNid, shown);
    tx.announce(userTopic(userId));
  }
}
