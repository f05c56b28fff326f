import { type JsonObject, parseOwn } from '../../base/json.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, string]>(`
  INSERT INTO dehydrated_devices (user_id, device_id, device_data) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, device_data = excluded.device_data`);
const one = statement<[string], { device_id: DeviceId; device_data: string }>(
  'SELECT device_id, device_data FROM dehydrated_devices WHERE user_id = ?',
);
const remove = statement<[string, readonly string[]]>(
  'DELETE FROM dehydrated_devices WHERE user_id = ? AND device_id IN TEXTS(?)',
);

/** A device that nobody is signed in with: it waits, sealed by its user, for who needs its messages. */
export interface DehydratedDevice {
  readonly deviceId: DeviceId;
  /** its secrets, encrypted by the user */
  readonly deviceData: JsonObject;
}

/** Table `dehydrated_devices`: at most one of each user. */
export class DehydratedDeviceStore {
  async put(tx: Transaction, userId: UserId, { deviceId, deviceData }: DehydratedDevice): Promise<void> {
    await tx.run(put, userId, deviceId, JSON.stringify(deviceData));
  }

  async one(db: Reader, userId: UserId): Promise<DehydratedDevice | undefined> {
    const row = await db.get(one, userId);
    return row && { deviceId: row.device_id, deviceData: parseOwn(row.device_data) };
  }

  /** Forgets the user's dehydrated device if it is one of `deviceIds`. */
  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await tx.run(remove, userId, deviceIds);
  }
}
