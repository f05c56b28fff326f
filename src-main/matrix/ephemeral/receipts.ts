import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import { forbidden, invalidParam } from '../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic, streamTopic, userTopic } from '../../storage/news.js';
import type { RelationReader, RoomReader, StoredEvent } from '../events/index.js';
import type { OutgoingEdu } from '../federation/index.js';
import type { OtherServers } from './other-servers.js';
import type { Receipt, ReceiptStore } from './receipts.store.js';

/** Receipts shown of one answer's rooms at most, the latest: the rest is of people long gone. */
const MOST_RECEIPTS = 5_000;

/** What the receipts of a reader in a room take in memory, about. */
const bytesOf = (receipts: readonly Receipt[]): number => 300 + 300 * receipts.length;

/** "Read up to here" markers. @see https://spec.matrix.org/v1.19/client-server-api/#receipts */
export class Receipts {
  /** when a receipt in a room last moved: most syncs need not look */
  readonly #latest: Cache<RoomId, Position>;
  /** how far people have read, by `user room` */
  readonly #read: Cache<string, readonly Receipt[]>;
  /** Counts moves, so that what was read before one is not remembered after it. */
  #moves = 0;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: ReceiptStore;
      readonly reader: RoomReader;
      readonly relations: RelationReader;
      readonly caches: Caches;
      readonly clock: Clock;
      readonly others: OtherServers;
    },
  ) {
    this.#latest = deps.caches.lru('receipts in rooms', { share: 0.015, entryBytes: 200 });
    this.#read = deps.caches.lru('receipts of readers', { share: 0.025, entryBytes: bytesOf });
  }

  /**
   * Moves a marker forward; one that stands farther already stays.
   *
   * @throws MatrixError M_FORBIDDEN unless the user is joined; M_INVALID_PARAM when the event is not in that thread
   */
  async post(given: Omit<Receipt, 'ord' | 'ts'>): Promise<void> {
    const { reader, clock, others } = this.deps;
    if (!(await reader.isJoined(given.roomId, given.userId))) throw forbidden('you are not in this room');
    const event = await this.#marked(given);
    if (!event) return;
    if (given.threadId !== undefined && !(await this.#isAbout(event, given.threadId))) {
      throw invalidParam('the event is not in the thread of thread_id');
    }
    const receipt: Receipt = { ...given, ord: event.ord, ts: clock.now() };
    const hasMoved = await this.#move(receipt);
    if (hasMoved && receipt.type === 'm.read') void others.tellRoomPatiently(receipt.roomId, receiptEduOf(receipt));
  }

  /** Another server says how far somebody of it has read; of those who are not in the room it means nothing. */
  async hear(given: {
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly eventId: EventId;
    readonly threadId: string | undefined;
    readonly ts: Milliseconds | undefined;
  }): Promise<void> {
    const { reader, clock } = this.deps;
    if (!(await reader.mayBeJoined(given.roomId, given.userId))) return;
    const event = await this.#marked(given);
    if (!event || (given.threadId !== undefined && !(await this.#isAbout(event, given.threadId)))) return;
    await this.#move({ ...given, type: 'm.read', ord: event.ord, ts: given.ts ?? clock.now() });
  }

  /** Who marks may know an event that this server has not received yet; there is nothing to mark then. */
  async #marked({ roomId, eventId }: { readonly roomId: RoomId; readonly eventId: EventId }) {
    const event = await this.deps.reader.event(eventId);
    const isPlaced = event?.roomId === roomId && event.ord !== undefined;
    return isPlaced ? { ...event, ord: event.ord } : undefined;
  }

  /** @returns whether it stood less far before */
  #move(receipt: Receipt): Promise<boolean> {
    const { db, store } = this.deps;
    const { roomId, userId } = receipt;
    return db.write(async (tx) => {
      const position = tx.position();
      if (!(await store.put(tx, receipt, position))) return false;
      tx.afterCommit(() => {
        this.#moves += 1;
        this.#latest.set(roomId, position);
        this.#read.delete(`${userId} ${roomId}`);
      });
      tx.announce(roomTopic(roomId), userTopic(userId), streamTopic('receipts'));
      return true;
    });
  }

  /** Contents of `m.receipt` events with what moved in the span; private receipts for their owner only. */
  async changed(
    userId: UserId,
    roomIds: readonly RoomId[],
    span: { readonly after: Position; readonly upTo: Position },
  ): Promise<ReadonlyMap<RoomId, JsonObject>> {
    const { db, store } = this.deps;
    const moved = roomIds.filter((roomId) => (this.#latest.get(roomId) ?? span.upTo) > span.after);
    const all = await store.changed(db, moved, span.after, span.upTo, MOST_RECEIPTS);
    this.#remember(moved, all, span);
    const visible = all.filter((receipt) => receipt.type === 'm.read' || receipt.userId === userId);
    const byRoom = Map.groupBy(visible, (receipt) => receipt.roomId);
    return new Map([...byRoom].map(([roomId, receipts]) => [roomId, contentOf(receipts)]));
  }

  /** The same for rooms that a client sees first: the user's own receipts, and everybody's at the events that it sees. */
  async first(
    userId: UserId,
    roomIds: readonly RoomId[],
    eventIds: readonly EventId[],
  ): Promise<ReadonlyMap<RoomId, JsonObject>> {
    const { db, store } = this.deps;
    const own = await store.ofUser(db, userId, roomIds);
    const others = (await store.atEvents(db, roomIds, eventIds)).filter((receipt) => receipt.userId !== userId);
    const visible = [...own, ...others.filter((receipt) => receipt.type === 'm.read')];
    const byRoom = Map.groupBy(visible, (receipt) => receipt.roomId);
    return new Map([...byRoom].map(([roomId, receipts]) => [roomId, contentOf(receipts)]));
  }

  /** How far a user has read in some rooms, by both kinds of receipts. */
  async ofUser(userId: UserId, roomIds: readonly RoomId[]): Promise<Receipt[]> {
    const known = new Map(roomIds.map((roomId) => [roomId, this.#read.get(`${userId} ${roomId}`)]));
    const unknown = roomIds.filter((roomId) => !known.get(roomId));
    const found = [...known.values()].flatMap((receipts) => receipts ?? []);
    if (unknown.length === 0) return found;
    const moves = this.#moves;
    const read = await this.deps.store.ofUser(this.deps.db, userId, unknown);
    if (moves !== this.#moves) return this.deps.store.ofUser(this.deps.db, userId, roomIds);
    const byRoom = Map.groupBy(read, ({ roomId }) => roomId);
    for (const roomId of unknown) this.#read.set(`${userId} ${roomId}`, byRoom.get(roomId) ?? []);
    return [...found, ...read];
  }

  /** A look from some place on tells when each room last moved; where nothing did, not after that place. */
  #remember(roomIds: readonly RoomId[], receipts: readonly Receipt[], span: { readonly upTo: Position }): void {
    if (receipts.length >= MOST_RECEIPTS) return;
    for (const roomId of roomIds) if (!this.#latest.has(roomId)) this.#latest.set(roomId, span.upTo);
  }

  async #isAbout(event: StoredEvent, threadId: string): Promise<boolean> {
    const parent = (await this.deps.relations.parentsOf([event.nid])).get(event.nid);
    const thread = parent?.relType === 'm.thread' ? parent.parentId : 'main';
    if (threadId === thread || threadId === event.eventId) return true;
    // What relates to an event of a thread (a reaction to it, say) is in the thread too.
    return parent !== undefined && this.#isInThread(parent.parentId, threadId);
  }

  async #isInThread(eventId: EventId, threadId: string): Promise<boolean> {
    if (eventId === threadId) return true;
    const event = await this.deps.reader.event(eventId);
    const parent = event && (await this.deps.relations.parentsOf([event.nid])).get(event.nid);
    return parent?.relType === 'm.thread' && parent.parentId === threadId;
  }
}

function receiptEduOf({ roomId, userId, eventId, threadId, ts }: Receipt): OutgoingEdu {
  const data = { ts, ...(threadId !== undefined && { thread_id: threadId }) };
  const content = { [roomId]: { 'm.read': { [userId]: { event_ids: [eventId], data } } } };
  return { type: 'm.receipt', content, key: `${roomId} ${userId} ${threadId ?? ''}` };
}

/** `{ [eventId]: { [type]: { [userId]: { ts, thread_id? } } } }` */
function contentOf(receipts: readonly Receipt[]): JsonObject {
  const content: Record<string, Record<string, Record<string, JsonObject>>> = {};
  for (const { eventId, type, userId, ts, threadId } of receipts) {
    const ofEvent = (content[eventId] ??= {});
    const ofType = (ofEvent[type] ??= {});
    // One entry a user: where a receipt for all and one for a thread meet at an event, the one for all says more.
    if (threadId !== undefined && ofType[userId]) continue;
    ofType[userId] = { ts, ...(threadId !== undefined && { thread_id: threadId }) };
  }
  return content;
}
