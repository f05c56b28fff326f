import { parseOwn } from '../../base/json.js';
import type { StrippedState } from '../../spec/client-event.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[number, number, string]>(`
  INSERT INTO stripped_state (room_nid, user_nid, state) VALUES (?, ?, ?)
  ON CONFLICT (room_nid, user_nid) DO UPDATE SET state = excluded.state`);
const get = statement<[string, string], { state: string }>(`
  SELECT s.state FROM rooms r JOIN names n ON n.name = ?
  JOIN stripped_state s ON s.room_nid = r.nid AND s.user_nid = n.nid WHERE r.room_id = ?`);
const remove = statement<[number, number]>('DELETE FROM stripped_state WHERE room_nid = ? AND user_nid = ?');

/** Table `stripped_state`: what other servers show of rooms to those whom they invite. */
export class StrippedStateStore {
  async put(tx: Transaction, roomNid: number, userNid: number, state: readonly StrippedState[]): Promise<void> {
    await tx.run(put, roomNid, userNid, JSON.stringify(state));
  }

  async get(db: Reader, roomId: RoomId, userId: UserId): Promise<readonly StrippedState[] | undefined> {
    const row = await db.get(get, userId, roomId);
    return row && parseOwn<StrippedState[]>(row.state);
  }

  async remove(tx: Transaction, roomNid: number, userNid: number): Promise<void> {
    await tx.run(remove, roomNid, userNid);
  }
}
