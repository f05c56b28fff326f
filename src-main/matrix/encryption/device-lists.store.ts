import type { UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, number]>(`
  INSERT INTO device_list_changes (user_id, pos) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET pos = excluded.pos`);
const since = statement<[number], { user_id: UserId }>('SELECT user_id FROM device_list_changes WHERE pos > ?');
const signedBy = statement<[string, number, string], { user_id: UserId }>(
  'SELECT DISTINCT user_id FROM key_signatures WHERE signer_id = ? AND pos > ? AND user_id <> ?',
);

/** Table `device_list_changes`: when each user's devices or keys last changed. */
export class DeviceListStore {
  async put(tx: Transaction, userId: UserId, position: Position): Promise<void> {
    await tx.run(put, userId, position);
  }

  /** Users whose last change came after `position`. */
  async changedSince(db: Reader, position: Position): Promise<UserId[]> {
    return (await db.all(since, position)).map((row) => row.user_id);
  }

  /** Others whose keys `signer` signed after `position`. */
  async signedSince(db: Reader, signer: UserId, position: Position): Promise<UserId[]> {
    return (await db.all(signedBy, signer, position, signer)).map((row) => row.user_id);
  }
}
