import type { Milliseconds } from '../../base/clock.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

export type ReceiptType = 'm.read' | 'm.read.private';

interface ReceiptRow {
  room_id: RoomId;
  user_id: UserId;
  receipt_type: ReceiptType;
  thread_id: string;
  event_id: EventId;
  ord: number;
  ts: number;
  pos: number;
}

const COLUMNS = 'room_id, user_id, receipt_type, thread_id, event_id, ord, ts, pos';
const put = statement<[string, string, string, string, string, number, number, number]>(`
  INSERT INTO receipts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (room_id, user_id, receipt_type, thread_id)
  DO UPDATE SET event_id = excluded.event_id, ord = excluded.ord, ts = excluded.ts, pos = excluded.pos
  WHERE excluded.ord > receipts.ord`);
const changed = statement<[readonly string[], number, number, number], ReceiptRow>(`
  SELECT ${COLUMNS} FROM receipts WHERE room_id IN TEXTS(?) AND pos > ? AND pos <= ? ORDER BY pos DESC LIMIT ?`);
const ofUser = statement<[string, readonly string[]], ReceiptRow>(
  `SELECT ${COLUMNS} FROM receipts WHERE user_id = ? AND room_id IN TEXTS(?)`,
);

const atEvents = statement<[readonly string[], readonly string[]], ReceiptRow>(
  `SELECT ${COLUMNS} FROM receipts WHERE event_id IN TEXTS(?) AND room_id IN TEXTS(?)`,
);

const removeSome = statement<[string, string, number]>(`
  DELETE FROM receipts WHERE room_id = ? AND user_id IN (SELECT user_id FROM receipts WHERE room_id = ? LIMIT ?)`);

/** "Read up to here". */
export interface Receipt {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly type: ReceiptType;
  /** undefined: all of the room; `main`: what is in no thread; else a thread's root */
  readonly threadId: string | undefined;
  readonly eventId: EventId;
  /** the event's place in the timeline */
  readonly ord: number;
  readonly ts: Milliseconds;
}

/** Table `receipts`: one row per (room, user, type, thread); it only ever moves forward. */
export class ReceiptStore {
  /** Receipts in a room that is stored no more. @returns how many went */
  async removeSome(tx: Transaction, roomId: RoomId, limit: number): Promise<number> {
    return tx.run(removeSome, roomId, roomId, limit);
  }

  /** @returns false when the receipt that stands is as far, or farther */
  async put(tx: Transaction, receipt: Receipt, position: Position): Promise<boolean> {
    const { roomId, userId, type, threadId = '', eventId, ord, ts } = receipt;
    return (await tx.run(put, roomId, userId, type, threadId, eventId, ord, ts, position)) > 0;
  }

  /** Those that moved in (`after`, `upTo`], the latest first. */
  async changed(
    db: Reader,
    roomIds: readonly RoomId[],
    after: Position,
    upTo: Position,
    limit: number,
  ): Promise<Receipt[]> {
    if (roomIds.length === 0) return [];
    return (await db.all(changed, roomIds, after, upTo, limit)).map(toReceipt);
  }

  /** Everybody's at some events of some rooms. */
  async atEvents(db: Reader, roomIds: readonly RoomId[], eventIds: readonly EventId[]): Promise<Receipt[]> {
    if (eventIds.length === 0) return [];
    return (await db.all(atEvents, eventIds, roomIds)).map(toReceipt);
  }

  async ofUser(db: Reader, userId: UserId, roomIds: readonly RoomId[]): Promise<Receipt[]> {
    if (roomIds.length === 0) return [];
    return (await db.all(ofUser, userId, roomIds)).map(toReceipt);
  }
}

const toReceipt = (row: ReceiptRow): Receipt => ({
  roomId: row.room_id,
  userId: row.user_id,
  type: row.receipt_type,
  threadId: row.thread_id === '' ? undefined : row.thread_id,
  eventId: row.event_id,
  ord: row.ord,
  ts: row.ts,
});
