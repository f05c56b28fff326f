import type { RoomId } from '../../spec/ids.js';
import { type Reader, statement } from '../../storage/database.js';

const forked = statement<[number, number], { room_id: RoomId; ends: number }>(`
  SELECT r.room_id, f.ends FROM (
    SELECT room_nid, COUNT(*) AS ends FROM forward_extremities GROUP BY room_nid HAVING COUNT(*) > ?
  ) f JOIN rooms r ON r.nid = f.room_nid ORDER BY f.ends DESC, r.room_id LIMIT ?`);

/** Table `forward_extremities` by room: whose history has many open ends, so that each event in it costs more. */
export class ForkStore {
  /** Rooms with more than `more` open ends, the worst first. Looks at all rooms. */
  async forked(db: Reader, more: number, limit: number): Promise<{ roomId: RoomId; ends: number }[]> {
    return (await db.all(forked, more, limit)).map(({ room_id: roomId, ends }) => ({ roomId, ends }));
  }
}
