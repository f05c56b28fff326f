import type { Milliseconds } from '../../../base/clock.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const put = statement<[string, string | null, Milliseconds, string | null]>(`
  INSERT INTO blocked_rooms (room_id, blocked_by, blocked_ts, name) VALUES (?, ?, ?, ?)
  ON CONFLICT (room_id) DO NOTHING`);
const remove = statement<[string]>('DELETE FROM blocked_rooms WHERE room_id = ?');
const one = statement<[string], Row>(
  'SELECT room_id, blocked_by, blocked_ts, name FROM blocked_rooms WHERE room_id = ?',
);
const page = statement<[string, number], Row>(`
  SELECT room_id, blocked_by, blocked_ts, name FROM blocked_rooms WHERE room_id > ? ORDER BY room_id LIMIT ?`);

interface Row {
  room_id: RoomId;
  blocked_by: UserId | null;
  blocked_ts: Milliseconds;
  name: string | null;
}

/** A room that nobody here may come into. */
export interface BlockedRoom {
  readonly roomId: RoomId;
  /** the administrator who asked; undefined: from the console */
  readonly by: UserId | undefined;
  readonly at: Milliseconds;
  /** what it was called here then */
  readonly name: string | undefined;
}

/** Table `blocked_rooms`. */
export class BlockedRoomStore {
  async put(tx: Transaction, { roomId, by, at, name }: BlockedRoom): Promise<void> {
    await tx.run(put, roomId, by ?? null, at, name ?? null);
  }

  async remove(tx: Transaction, roomId: RoomId): Promise<void> {
    await tx.run(remove, roomId);
  }

  async one(db: Reader, roomId: RoomId): Promise<BlockedRoom | undefined> {
    const row = await db.get(one, roomId);
    return row && toBlocked(row);
  }

  async page(db: Reader, after: string, limit: number): Promise<BlockedRoom[]> {
    return (await db.all(page, after, limit)).map(toBlocked);
  }
}

const toBlocked = (row: Row): BlockedRoom => ({
  roomId: row.room_id,
  by: row.blocked_by ?? undefined,
  at: row.blocked_ts,
  name: row.name ?? undefined,
});
