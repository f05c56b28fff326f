import type { UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, number]>(`
  INSERT INTO device_streams (user_id, stream_id) VALUES (?, ?)
  ON CONFLICT (user_id) DO UPDATE SET stream_id = excluded.stream_id`);
const one = statement<[string], { stream_id: Position }>('SELECT stream_id FROM device_streams WHERE user_id = ?');

/** Table `device_streams`: the last change of each local user's devices, as other servers number it. */
export class DeviceStreamStore {
  async put(tx: Transaction, userId: UserId, streamId: Position): Promise<void> {
    await tx.run(put, userId, streamId);
  }

  async one(db: Reader, userId: UserId): Promise<Position | undefined> {
    return (await db.get(one, userId))?.stream_id;
  }
}
