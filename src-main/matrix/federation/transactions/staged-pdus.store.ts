import type { Milliseconds } from '../../../base/clock.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

const insert = statement<[Position, string, string, string, Milliseconds, string]>(`
  INSERT INTO staged_pdus (pos, event_id, origin, room_id, received_ts, json) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (origin, event_id) DO NOTHING`);
const first = statement<[string, string, number], StagedRow>(`
  SELECT pos, event_id, json FROM staged_pdus WHERE origin = ? AND room_id = ? ORDER BY pos LIMIT ?`);
const places = statement<[], { origin: ServerName; room_id: RoomId; staged: number }>(
  'SELECT origin, room_id, count(*) AS staged FROM staged_pdus GROUP BY origin, room_id',
);
const remove = statement<[readonly number[]]>('DELETE FROM staged_pdus WHERE pos IN INTS(?)');

interface StagedRow {
  pos: Position;
  event_id: EventId;
  json: string;
}

/** A PDU as it came, before it has its place. */
export interface StagedPdu {
  readonly eventId: EventId;
  readonly json: string;
}

/** A PDU that waits, with its place in the table. */
export interface WaitingPdu extends StagedPdu {
  readonly position: Position;
}

/** Table `staged_pdus`: what was taken from other servers and waits for what it rests on. */
export class StagedPduStore {
  async add(
    tx: Transaction,
    from: { readonly origin: ServerName; readonly roomId: RoomId; readonly now: Milliseconds },
    pdus: readonly StagedPdu[],
  ): Promise<void> {
    await tx.runMany(
      insert,
      pdus.map(({ eventId, json }) => [tx.position(), eventId, from.origin, from.roomId, from.now, json]),
    );
  }

  /** The oldest of one server in one room. */
  async first(db: Reader, origin: ServerName, roomId: RoomId, limit: number): Promise<WaitingPdu[]> {
    const rows = await db.all(first, origin, roomId, limit);
    return rows.map((row) => ({ position: row.pos, eventId: row.event_id, json: row.json }));
  }

  /** How many there are of each server in each room. */
  async places(db: Reader): Promise<{ origin: ServerName; roomId: RoomId; staged: number }[]> {
    return (await db.all(places)).map((row) => ({ origin: row.origin, roomId: row.room_id, staged: row.staged }));
  }

  async remove(tx: Transaction, positions: readonly Position[]): Promise<void> {
    await tx.run(remove, positions);
  }
}
