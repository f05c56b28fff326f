import type { Milliseconds } from '../../../base/clock.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

const insert = statement<[Position, string, string, string, Milliseconds, string]>(`
  INSERT INTO staged_pdus (pos, event_id, origin, room_id, received_ts, json) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (event_id) DO NOTHING`);
const next = statement<[string, string], StagedRow>(`
  SELECT pos, event_id, received_ts, json FROM staged_pdus WHERE origin = ? AND room_id = ? ORDER BY pos LIMIT 1`);
const places = statement<[], { origin: ServerName; room_id: RoomId; staged: number }>(
  'SELECT origin, room_id, count(*) AS staged FROM staged_pdus GROUP BY origin, room_id',
);
const remove = statement<[Position]>('DELETE FROM staged_pdus WHERE pos = ?');

interface StagedRow {
  pos: Position;
  event_id: EventId;
  received_ts: Milliseconds;
  json: string;
}

/** A PDU as it came, before it has its place. */
export interface StagedPdu {
  readonly eventId: EventId;
  readonly json: string;
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
  async next(db: Reader, origin: ServerName, roomId: RoomId) {
    const row = await db.get(next, origin, roomId);
    return row && { position: row.pos, eventId: row.event_id, receivedTs: row.received_ts, json: row.json };
  }

  /** How many there are of each server in each room. */
  async places(db: Reader): Promise<{ origin: ServerName; roomId: RoomId; staged: number }[]> {
    return (await db.all(places)).map((row) => ({ origin: row.origin, roomId: row.room_id, staged: row.staged }));
  }

  async remove(tx: Transaction, position: Position): Promise<void> {
    await tx.run(remove, position);
  }
}
