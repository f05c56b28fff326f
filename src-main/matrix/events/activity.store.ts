import type { RoomId } from '../../spec/ids.js';
import { type Position, type Reader, statement } from '../../storage/database.js';

const lastOrds = statement<[readonly string[]], { room_id: RoomId; ord: Position | null }>(`
  SELECT r.room_id, (SELECT max(e.ord) FROM events e WHERE e.room_nid = r.nid) AS ord
  FROM rooms r WHERE r.room_id IN TEXTS(?)`);
const newest = statement<[number, Position, number], { ord: Position; type_nid: number }>(`
  SELECT ord, type_nid FROM events WHERE room_nid = ? AND ord > ? AND status = 0 ORDER BY ord DESC LIMIT ?`);

/** When something last happened in rooms: reads the index over the table `events`. */
export class ActivityStore {
  /** The place of the newest event of each room. */
  async lastOrds(db: Reader, roomIds: readonly RoomId[]): Promise<Map<RoomId, Position>> {
    if (roomIds.length === 0) return new Map();
    return new Map((await db.all(lastOrds, roomIds)).map((row) => [row.room_id, row.ord ?? 0]));
  }

  /** Places and types of the newest events after a place, the newest first. */
  async newest(db: Reader, roomNid: number, after: Position, limit: number) {
    const rows = await db.all(newest, roomNid, after, limit);
    return rows.map((row) => ({ ord: row.ord, typeNid: row.type_nid }));
  }
}
