import type { RoomId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const insert = statement<[UserId, RoomId]>('INSERT INTO notice_rooms (user_id, room_id) VALUES (?, ?)');
const ofUser = statement<[UserId], { room_id: RoomId }>('SELECT room_id FROM notice_rooms WHERE user_id = ?');
const byRoom = statement<[RoomId], { user_id: UserId }>('SELECT user_id FROM notice_rooms WHERE room_id = ?');

/** Table `notice_rooms`: one room for each user who was ever told something by the server. */
export class NoticeRoomStore {
  async insert(tx: Transaction, userId: UserId, roomId: RoomId): Promise<void> {
    await tx.run(insert, userId, roomId);
  }

  async ofUser(db: Reader, userId: UserId): Promise<RoomId | undefined> {
    return (await db.get(ofUser, userId))?.room_id;
  }

  async isNoticeRoom(db: Reader, roomId: RoomId): Promise<boolean> {
    return (await db.get(byRoom, roomId)) !== undefined;
  }
}
