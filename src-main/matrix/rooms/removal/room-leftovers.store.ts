import type { RoomId } from '../../../spec/ids.js';
import { statement, type Transaction } from '../../../storage/database.js';

const OF_ROOM = [
  'DELETE FROM published_rooms WHERE room_id = ?',
  'DELETE FROM room_aliases WHERE room_id = ?',
  'DELETE FROM user_directory_public WHERE room_id = ?',
  'DELETE FROM delayed_events WHERE room_id = ?',
  'DELETE FROM thread_subscriptions WHERE room_id = ?',
  'DELETE FROM notice_rooms WHERE room_id = ?',
  'DELETE FROM account_data WHERE room_id = ?',
].map((sql) => statement<[string]>(sql));

/** What this domain's tables, and those of accounts, keep about a room. */
export class RoomLeftoverStore {
  async remove(tx: Transaction, roomId: RoomId): Promise<void> {
    for (const each of OF_ROOM) await tx.run(each, roomId);
  }
}
