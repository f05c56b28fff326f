import type { EventId, RoomId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';
import { Tail } from '../../storage/tail.js';
import type { StoredEvent } from './event-rows.store.js';

interface Row {
  pos: number;
  event_nid: number;
  event_id: EventId;
  room_id: RoomId;
  json: string;
}

const COLUMNS = 'o.pos, o.event_nid, e.event_id, r.room_id, e.json';
const FROM = 'FROM outgoing_events o JOIN events e ON e.nid = o.event_nid JOIN rooms r ON r.nid = o.room_nid';

const insert = statement<[number, number, number]>(
  'INSERT INTO outgoing_events (pos, room_nid, event_nid) VALUES (?, ?, ?)',
);
const after = statement<[number, number], Row>(`SELECT ${COLUMNS} ${FROM} WHERE o.pos > ? ORDER BY o.pos LIMIT ?`);
const at = statement<[readonly number[]], Row>(`SELECT ${COLUMNS} ${FROM} WHERE o.pos IN INTS(?) ORDER BY o.pos`);
const countAfter = statement<[number, number], { count: number }>(
  'SELECT count(*) AS count FROM (SELECT pos FROM outgoing_events WHERE pos > ? LIMIT ?) AS next',
);
const latest = statement<[number], { pos: number; room_id: RoomId }>(`
  SELECT max(o.pos) AS pos, r.room_id FROM outgoing_events o JOIN rooms r ON r.nid = o.room_nid
  WHERE o.pos > ? GROUP BY r.room_id ORDER BY 1`);
const before = statement<[number], { pos: number }>(
  'SELECT pos FROM outgoing_events ORDER BY pos DESC LIMIT 1 OFFSET ?',
);
const eventAt = statement<[number], { event_nid: number }>('SELECT event_nid FROM outgoing_events WHERE pos = ?');
const release = statement<[number]>(`
  DELETE FROM outgoing_events WHERE pos <= ? AND EXISTS (
    SELECT 1 FROM outgoing_events later WHERE later.room_nid = outgoing_events.room_nid
    AND later.pos > outgoing_events.pos)`);

/** An event that other servers must get. */
export interface OutgoingPdu {
  readonly position: Position;
  readonly eventId: EventId;
  readonly roomId: RoomId;
  /** canonical JSON */
  readonly text: string;
}

/** One that has just been written. */
export interface NewOutgoing {
  readonly pdu: OutgoingPdu;
  readonly event: StoredEvent;
}

/** Kept in memory for who sends them, and the sum of their characters. */
const NEWEST = { entries: 200, size: 1_000_000 };

/** Table `outgoing_events`: what other servers must get. */
export class OutgoingStore {
  readonly #newest = new Tail<NewOutgoing>(NEWEST);

  /** @param text canonical JSON of `event` */
  async insert(tx: Transaction, event: StoredEvent, text: string): Promise<void> {
    const { nid, ord: position = nid, eventId, roomId } = event;
    await tx.run(insert, position, event.room.nid, nid);
    tx.afterCommit(() => this.#newest.add(position, { pdu: { position, eventId, roomId, text }, event }, text.length));
    tx.afterUndo(() => this.#newest.clear());
  }

  /** Up to `limit` after `position` as they were written, oldest first; undefined where only the table knows. */
  newest(position: Position, limit: number): readonly NewOutgoing[] | undefined {
    return this.#newest.after(position, limit);
  }

  async after(db: Reader, position: Position, limit: number): Promise<OutgoingPdu[]> {
    return (await db.all(after, position, limit)).map(toPdu);
  }

  async at(db: Reader, positions: readonly Position[]): Promise<OutgoingPdu[]> {
    return (await db.all(at, positions)).map(toPdu);
  }

  async countAfter(db: Reader, position: Position, limit: number): Promise<number> {
    return (await db.get(countAfter, position, limit))?.count ?? 0;
  }

  /** The position that `count` others come after. */
  async before(db: Reader, count: number): Promise<Position | undefined> {
    return (await db.get(before, count))?.pos;
  }

  /** The newest of each room that has any after `position`. */
  async latest(db: Reader, position: Position): Promise<{ position: Position; roomId: RoomId }[]> {
    return (await db.all(latest, position)).map((row) => ({ position: row.pos, roomId: row.room_id }));
  }

  async eventAt(db: Reader, position: Position): Promise<number | undefined> {
    return (await db.get(eventAt, position))?.event_nid;
  }

  /** Forgets those up to `position`, but for the newest of each room. */
  async release(tx: Transaction, position: Position): Promise<void> {
    await tx.run(release, position);
  }
}

const toPdu = (row: Row): OutgoingPdu => ({
  position: row.pos,
  eventId: row.event_id,
  roomId: row.room_id,
  text: row.json,
});
