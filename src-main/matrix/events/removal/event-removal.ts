import type { Milliseconds } from '../../../base/clock.js';
import { turn } from '../../../base/yield.js';
import type { Database, Position, Transaction } from '../../../storage/database.js';
import { roomTopic } from '../../../storage/news.js';
import type { EventStore } from '../events.store.js';
import type { PartialRoomStore } from '../partial-rooms.store.js';
import type { MembershipStore } from '../membership.store.js';
import type { RoomHeads } from '../room-heads.js';
import type { RoomServerStore } from '../room-servers.store.js';
import type { Room, RoomStore } from '../rooms.store.js';
import type { Amount, HistoryQuery, Removable, RemovalStore, TimePlace } from './removal.store.js';

/** Events removed in one transaction: others write between two. */
const AT_ONCE = 100;
/** Rows of other tables removed in one transaction. */
const ROWS_AT_ONCE = 1_000;

/** Some events that went. */
export interface RemovedBatch extends Amount {
  /** where to go on; undefined when nothing is left */
  readonly next: TimePlace | undefined;
}

/** Removes events for good: of the past of a room, or all of it, in pieces that hold nobody up. */
export class EventRemoval {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly removals: RemovalStore;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly memberships: MembershipStore;
      readonly partialRooms: PartialRoomStore;
      readonly servers: RoomServerStore;
      readonly heads: RoomHeads;
    },
  ) {}

  /** How much of a room came up to a position. */
  amount(room: Room, upTo: Position): Promise<Amount> {
    return this.deps.removals.amount(this.deps.db.aside, room.nid, upTo);
  }

  /** How much some events are, by the nid of their room. */
  amounts(nids: readonly number[]): Promise<ReadonlyMap<number, Amount>> {
    return this.deps.removals.amounts(this.deps.db, nids);
  }

  /** How much of a room's messages was said before a time: state and the latest do not count. */
  historyAmount(room: Room, before: Milliseconds, exceptOf?: string): Promise<Amount> {
    return this.deps.removals.historyAmount(this.deps.db.aside, { roomNid: room.nid, before, exceptOf });
  }

  /**
   * Removes some messages that were said before a time, and what was known of them; state stays, and so does what the
   * next event builds on.
   *
   * @param more what else goes with them, in the same transaction
   */
  async removeHistory(
    room: Room,
    query: Omit<HistoryQuery, 'roomNid'>,
    after: TimePlace | undefined,
    more: (tx: Transaction, nids: readonly number[]) => Promise<void>,
  ): Promise<RemovedBatch> {
    const { db, removals } = this.deps;
    const place = after ?? { ts: Number.MIN_SAFE_INTEGER, ord: 0 };
    const found = await removals.history(db, { ...query, roomNid: room.nid }, place, AT_ONCE);
    if (found.length > 0) await db.write((tx) => this.#remove(tx, room, found, more));
    await turn();
    return { ...amountOf(found), next: found.length < AT_ONCE ? undefined : found.at(-1)?.place };
  }

  /** Removes some messages from before a time that nobody was ever shown. @returns none when nothing is left */
  async removeHidden(
    room: Room,
    before: Milliseconds,
    more: (tx: Transaction, nids: readonly number[]) => Promise<void>,
  ): Promise<Amount> {
    const { db, removals } = this.deps;
    const found = await removals.hidden(db, room.nid, before, AT_ONCE);
    if (found.length === 0) return NOTHING;
    await db.write((tx) => this.#remove(tx, room, found, more));
    await turn();
    return amountOf(found);
  }

  /** Removes some events of a room that is to go whole, with the state that they stand on. Nobody may be in it. */
  async removeSome(room: Room, more: (tx: Transaction, nids: readonly number[]) => Promise<void>): Promise<Amount> {
    const { db, removals } = this.deps;
    const found = await removals.some(db, room.nid, AT_ONCE);
    if (found.length === 0) return NOTHING;
    await this.#removeLayers(found.map(({ nid }) => nid));
    await db.write((tx) => this.#remove(tx, room, found, more));
    await turn();
    return amountOf(found);
  }

  /**
   * Removes a room whose events are gone, and everything around it.
   *
   * @param more what else goes with it, in the last transaction
   */
  async finish(room: Room, more: (tx: Transaction) => Promise<void>): Promise<void> {
    const { db, removals, rooms, servers, heads, partialRooms } = this.deps;
    while (await this.#removeMembers(room)) await turn();
    while ((await db.write((tx) => removals.removeAround(tx, room.nid, ROWS_AT_ONCE))) > 0) await turn();
    await db.write(async (tx) => {
      await servers.clear(tx, room.nid);
      await partialRooms.remove(tx, room.nid);
      await removals.removeRoom(tx, room.nid);
      rooms.forget(tx, room);
      heads.forget(tx, room.nid);
      await more(tx);
      tx.announce(roomTopic(room.roomId));
    });
  }

  async #removeMembers(room: Room): Promise<boolean> {
    const { db, removals, memberships } = this.deps;
    const members = await removals.members(db, room.nid, ROWS_AT_ONCE);
    if (members.length === 0) return false;
    await db.write(async (tx) => {
      const nids = members.map(({ nid }) => nid);
      await removals.removeMembers(tx, room.nid, nids);
      for (const { userId } of members) memberships.forgetCached(tx, userId);
    });
    return true;
  }

  /** Entries first: the rows that lead to them stay until they are gone. */
  async #removeLayers(nids: readonly number[]): Promise<void> {
    const { db, removals } = this.deps;
    const layers = await removals.layersUnder(db, nids);
    for (const { snapshot, size } of layers) {
      for (let left = size; left > ROWS_AT_ONCE; left -= ROWS_AT_ONCE) {
        await db.write((tx) => removals.removeEntries(tx, snapshot, ROWS_AT_ONCE));
        await turn();
      }
    }
    for (let start = 0; start < layers.length; ) {
      const some: number[] = [];
      for (let rows = 0; start < layers.length && rows < ROWS_AT_ONCE; start += 1) {
        rows += Math.min(layers[start]?.size ?? 0, ROWS_AT_ONCE) + 1;
        some.push(layers[start]?.snapshot ?? 0);
      }
      await db.write((tx) => removals.removeLayers(tx, some));
      await turn();
    }
  }

  async #remove(
    tx: Transaction,
    room: Room,
    found: readonly Removable[],
    more: (tx: Transaction, nids: readonly number[]) => Promise<void>,
  ): Promise<void> {
    const nids = found.map(({ nid }) => nid);
    await this.deps.removals.removeEvents(tx, nids);
    for (const { nid, eventId } of found) this.deps.events.forget(tx, nid, eventId);
    await more(tx, nids);
    tx.announce(roomTopic(room.roomId));
  }
}

const NOTHING: Amount = { events: 0, bytes: 0 };
const amountOf = (found: readonly Removable[]): Amount => ({
  events: found.length,
  bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
});
