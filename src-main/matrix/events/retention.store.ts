import type { RoomId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

const after = statement<[number, number], { nid: number; room_id: RoomId }>(
  'SELECT nid, room_id FROM rooms WHERE nid > ? ORDER BY nid LIMIT ?',
);

/** Table `rooms`, one after the other. */
export class RetentionStore {
  /** Rooms by their numbers: the next after `nid`. */
  async roomsAfter(db: Reader, nid: number, limit: number): Promise<{ nid: number; roomId: RoomId }[]> {
    return (await db.all(after, nid, limit)).map((row) => ({ nid: row.nid, roomId: row.room_id }));
  }
}
