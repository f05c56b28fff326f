import type { Milliseconds } from '../../../base/clock.js';
import { type JsonObject, parseOwn } from '../../../base/json.js';
import type { DeviceId, UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const list = statement<[string], ListRow>(
  'SELECT user_id, stream_id, attempts, next_try FROM remote_device_lists WHERE user_id = ?',
);
const lists = statement<[readonly string[]], ListRow>(
  'SELECT user_id, stream_id, attempts, next_try FROM remote_device_lists WHERE user_id IN TEXTS(?)',
);
const putList = statement<[string, number]>(`
  INSERT INTO remote_device_lists (user_id, stream_id) VALUES (?, ?)
  ON CONFLICT (user_id) DO UPDATE SET stream_id = excluded.stream_id, attempts = 0, next_try = NULL`);
const expect = statement<[string, number]>(`
  INSERT INTO remote_device_lists (user_id, stream_id, next_try) VALUES (?, 0, ?) ON CONFLICT (user_id) DO NOTHING`);
const advance = statement<[number, string]>('UPDATE remote_device_lists SET stream_id = ? WHERE user_id = ?');
const setStale = statement<[number, number, string]>(
  'UPDATE remote_device_lists SET attempts = ?, next_try = ? WHERE user_id = ?',
);
const stale = statement<[number, number], ListRow>(`
  SELECT user_id, stream_id, attempts, next_try FROM remote_device_lists
  WHERE next_try IS NOT NULL AND next_try <= ? ORDER BY next_try LIMIT ?`);
const nextStale = statement<[], { next_try: number | null }>(
  'SELECT MIN(next_try) AS next_try FROM remote_device_lists WHERE next_try IS NOT NULL',
);
const after = statement<[string, number], { user_id: UserId }>(
  'SELECT user_id FROM remote_device_lists WHERE user_id > ? ORDER BY user_id LIMIT ?',
);
const removeLists = statement<[readonly string[]]>('DELETE FROM remote_device_lists WHERE user_id IN TEXTS(?)');
const putDevice = statement<[string, string, string | null, string | null]>(`
  INSERT INTO remote_devices (user_id, device_id, display_name, keys) VALUES (?, ?, ?, ?)
  ON CONFLICT (user_id, device_id) DO UPDATE SET display_name = excluded.display_name, keys = excluded.keys`);
const removeDevice = statement<[string, string]>('DELETE FROM remote_devices WHERE user_id = ? AND device_id = ?');
const others = statement<[string, string], { others: number }>(
  'SELECT count(*) AS others FROM remote_devices WHERE user_id = ? AND device_id <> ?',
);
const removeDevices = statement<[readonly string[]]>('DELETE FROM remote_devices WHERE user_id IN TEXTS(?)');
const devices = statement<[readonly string[]], DeviceRow>(
  'SELECT user_id, device_id, display_name, keys FROM remote_devices WHERE user_id IN TEXTS(?)',
);

interface ListRow {
  user_id: UserId;
  stream_id: number;
  attempts: number;
  next_try: Milliseconds | null;
}

interface DeviceRow {
  user_id: UserId;
  device_id: DeviceId;
  display_name: string | null;
  keys: string | null;
}

/** How good a copy of somebody's device list is. */
export interface ListCopy {
  readonly userId: UserId;
  /** the last change that is in it, as the user's server numbers them; 0 before it came for the first time */
  readonly streamId: number;
  /** fetches in a row that failed */
  readonly attempts: number;
  /** undefined while nothing is known to be missing */
  readonly nextTry: Milliseconds | undefined;
}

/** A device of somebody elsewhere. */
export interface RemoteDevice {
  readonly deviceId: DeviceId;
  readonly displayName: string | undefined;
  /** identity keys */
  readonly keys: JsonObject | undefined;
}

/** Tables `remote_device_lists` and `remote_devices`: copies of device lists of people elsewhere. */
export class RemoteDeviceStore {
  async list(db: Reader, userId: UserId): Promise<ListCopy | undefined> {
    const row = await db.get(list, userId);
    return row && toCopy(row);
  }

  async lists(db: Reader, userIds: readonly UserId[]): Promise<ListCopy[]> {
    return userIds.length === 0 ? [] : (await db.all(lists, userIds)).map(toCopy);
  }

  /** A whole copy takes the place of what was there. */
  async replace(tx: Transaction, userId: UserId, streamId: number, all: readonly RemoteDevice[]): Promise<void> {
    await tx.run(putList, userId, streamId);
    await tx.run(removeDevices, [userId]);
    await tx.runMany(
      putDevice,
      all.map((device) => deviceRow(userId, device)),
    );
  }

  /** Lists of which there is no copy, to be fetched at `nextTry`. */
  async expect(tx: Transaction, userIds: readonly UserId[], nextTry: Milliseconds): Promise<void> {
    await tx.runMany(
      expect,
      userIds.map((userId) => [userId, nextTry]),
    );
  }

  /** One device changed, with change `streamId`. */
  async putDevice(tx: Transaction, userId: UserId, streamId: number, device: RemoteDevice): Promise<void> {
    await tx.run(putDevice, ...deviceRow(userId, device));
    await tx.run(advance, streamId, userId);
  }

  /** How many devices somebody has beside one. */
  async countOthers(db: Reader, userId: UserId, deviceId: DeviceId): Promise<number> {
    return (await db.get(others, userId, deviceId))?.others ?? 0;
  }

  /** One device is gone, with change `streamId`. */
  async removeDevice(tx: Transaction, userId: UserId, streamId: number, deviceId: DeviceId): Promise<void> {
    await tx.run(removeDevice, userId, deviceId);
    await tx.run(advance, streamId, userId);
  }

  /** Something is missing from the copy, which is fetched anew at `nextTry`. */
  async setStale(tx: Transaction, userId: UserId, attempts: number, nextTry: Milliseconds): Promise<void> {
    await tx.run(setStale, attempts, nextTry, userId);
  }

  /** Copies to be fetched anew by now, those that wait longest first. */
  async stale(db: Reader, now: Milliseconds, limit: number): Promise<ListCopy[]> {
    return (await db.all(stale, now, limit)).map(toCopy);
  }

  /** When the next copy is to be fetched. */
  async nextStale(db: Reader): Promise<Milliseconds | undefined> {
    return (await db.get(nextStale))?.next_try ?? undefined;
  }

  /** The next users of whom there is a copy, in order. */
  async after(db: Reader, userId: string, limit: number): Promise<UserId[]> {
    return (await db.all(after, userId, limit)).map((row) => row.user_id);
  }

  async remove(tx: Transaction, userIds: readonly UserId[]): Promise<void> {
    await tx.run(removeLists, userIds);
    await tx.run(removeDevices, userIds);
  }

  async devices(db: Reader, userIds: readonly UserId[]): Promise<Map<UserId, RemoteDevice[]>> {
    const found = new Map<UserId, RemoteDevice[]>();
    if (userIds.length === 0) return found;
    for (const row of await db.all(devices, userIds)) {
      const ofUser = found.get(row.user_id) ?? [];
      ofUser.push({
        deviceId: row.device_id,
        displayName: row.display_name ?? undefined,
        keys: row.keys === null ? undefined : parseOwn(row.keys),
      });
      found.set(row.user_id, ofUser);
    }
    return found;
  }
}

const deviceRow = (
  userId: UserId,
  { deviceId, displayName, keys }: RemoteDevice,
): [string, string, string | null, string | null] => [
  userId,
  deviceId,
  displayName ?? null,
  keys ? JSON.stringify(keys) : null,
];

const toCopy = (row: ListRow): ListCopy => ({
  userId: row.user_id,
  streamId: row.stream_id,
  attempts: row.attempts,
  nextTry: row.next_try ?? undefined,
});
