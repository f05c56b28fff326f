import type { Clock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import { forbidden, invalidParam } from '../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic, streamTopic, userTopic } from '../../storage/news.js';
import type { RelationReader, RoomReader, StoredEvent } from '../events/index.js';
import type { Receipt, ReceiptStore, ReceiptType } from './receipts.store.js';

/** Receipts shown of one answer's rooms at most, the latest: the rest is of people long gone. */
const MOST_RECEIPTS = 5_000;

/** "Read up to here" markers. @see https://spec.matrix.org/v1.19/client-server-api/#receipts */
export class Receipts {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: ReceiptStore;
      readonly reader: RoomReader;
      readonly relations: RelationReader;
      readonly clock: Clock;
    },
  ) {}

  /**
   * Moves a marker forward; one that stands farther already stays.
   *
   * @throws MatrixError M_FORBIDDEN unless the user is joined; M_INVALID_PARAM when the event is not in that thread
   */
  async post(given: {
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly type: ReceiptType;
    readonly eventId: EventId;
    readonly threadId: string | undefined;
  }): Promise<void> {
    const { db, store, reader, clock } = this.deps;
    if (!(await reader.isJoined(given.roomId, given.userId))) throw forbidden('you are not in this room');
    const event = await reader.event(given.eventId);
    // The client may know an event that this server has not received yet; there is nothing to mark then.
    if (!event || event.roomId !== given.roomId || event.ord === undefined) return;
    if (given.threadId !== undefined) await this.#requireThread(event, given.threadId);
    const receipt: Receipt = { ...given, ord: event.ord, ts: clock.now() };
    await db.write(async (tx) => {
      if (!(await store.put(tx, receipt, tx.position()))) return;
      tx.announce(roomTopic(given.roomId), userTopic(given.userId), streamTopic('receipts'));
    });
  }

  /** Contents of `m.receipt` events with what moved in the span; private receipts for their owner only. */
  async changed(
    userId: UserId,
    roomIds: readonly RoomId[],
    span: { readonly after: Position; readonly upTo: Position },
  ): Promise<ReadonlyMap<RoomId, JsonObject>> {
    const { db, store } = this.deps;
    const all = await store.changed(db, roomIds, span.after, span.upTo, MOST_RECEIPTS);
    const visible = all.filter((receipt) => receipt.type === 'm.read' || receipt.userId === userId);
    const byRoom = Map.groupBy(visible, (receipt) => receipt.roomId);
    return new Map([...byRoom].map(([roomId, receipts]) => [roomId, contentOf(receipts)]));
  }

  /** How far a user has read in some rooms, by both kinds of receipts. */
  ofUser(userId: UserId, roomIds: readonly RoomId[]): Promise<Receipt[]> {
    return this.deps.store.ofUser(this.deps.db, userId, roomIds);
  }

  async #requireThread(event: StoredEvent, threadId: string): Promise<void> {
    const parent = (await this.deps.relations.parentsOf([event.nid])).get(event.nid);
    const thread = parent?.relType === 'm.thread' ? parent.parentId : 'main';
    if (threadId === thread || threadId === event.eventId) return;
    // What relates to an event of a thread (a reaction to it, say) is in the thread too.
    if (parent && (await this.#isInThread(parent.parentId, threadId))) return;
    throw invalidParam('the event is not in the thread of thread_id');
  }

  async #isInThread(eventId: EventId, threadId: string): Promise<boolean> {
    if (eventId === threadId) return true;
    const event = await this.deps.reader.event(eventId);
    const parent = event && (await this.deps.relations.parentsOf([event.nid])).get(event.nid);
    return parent?.relType === 'm.thread' && parent.parentId === threadId;
  }
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
