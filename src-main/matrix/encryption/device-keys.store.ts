import { type JsonObject, parseOwn } from '../../base/json.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, string]>(`
  INSERT INTO device_keys (user_id, device_id, keys) VALUES (?, ?, ?)
  ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys`);
const enter = statement<[string, string]>(
  'INSERT INTO device_keys (user_id, device_id) VALUES (?, ?) ON CONFLICT (user_id, device_id) DO NOTHING',
);
const one = statement<[string, string], { keys: string | null }>(
  'SELECT keys FROM device_keys WHERE user_id = ? AND device_id = ?',
);
const ofUsers = statement<[readonly string[]], { user_id: UserId; device_id: DeviceId; keys: string }>(
  'SELECT user_id, device_id, keys FROM device_keys WHERE user_id IN TEXTS(?) AND keys IS NOT NULL',
);
const remove = statement<[string, readonly string[]], { keys: string | null }>(
  'DELETE FROM device_keys WHERE user_id = ? AND device_id IN TEXTS(?) RETURNING keys',
);
const devices = statement<[string], { device_id: DeviceId }>('SELECT device_id FROM device_keys WHERE user_id = ?');

/** A device's identity keys. */
export interface StoredDeviceKeys {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** as uploaded */
  readonly keys: JsonObject;
}

/** Table `device_keys`: one row for each device that ever uploaded a key of any kind. */
export class DeviceKeyStore {
  /** @param keys JSON */
  async put(tx: Transaction, userId: UserId, deviceId: DeviceId, keys: string): Promise<void> {
    await tx.run(put, userId, deviceId, keys);
  }

  /** Makes a row for a device that has no identity keys yet. */
  async enter(tx: Transaction, userId: UserId, deviceId: DeviceId): Promise<void> {
    await tx.run(enter, userId, deviceId);
  }

  /** The identity keys as JSON. */
  async one(db: Reader, userId: UserId, deviceId: DeviceId): Promise<string | undefined> {
    return (await db.get(one, userId, deviceId))?.keys ?? undefined;
  }

  async ofUsers(db: Reader, userIds: readonly UserId[]): Promise<StoredDeviceKeys[]> {
    const rows = await db.all(ofUsers, userIds);
    return rows.map((row) => ({ userId: row.user_id, deviceId: row.device_id, keys: parseOwn(row.keys) }));
  }

  /** Devices that ever uploaded a key of any kind. */
  async devices(db: Reader, userId: UserId): Promise<DeviceId[]> {
    return (await db.all(devices, userId)).map((row) => row.device_id);
  }

  /** @returns whether one of the devices had identity keys */
  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<boolean> {
    return (await tx.all(remove, userId, deviceIds)).some((row) => row.keys !== null);
  }
}
