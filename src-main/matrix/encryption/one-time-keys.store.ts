import type { Milliseconds } from '../../base/clock.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

/** Between user id and device id, which have none of it. */
const SEPARATOR = '\n';

const put = statement<[string, string, string, string, number, string]>(`
  INSERT INTO one_time_keys (user_id, device_id, name, algorithm, uploaded, claimed, key) VALUES (?, ?, ?, ?, ?, 0, ?)
  ON CONFLICT (user_id, device_id, name) DO UPDATE SET
    algorithm = excluded.algorithm, uploaded = excluded.uploaded, claimed = 0, key = excluded.key`);
const named = statement<[string, string, readonly string[]], { name: string; claimed: number; key: string }>(
  'SELECT name, claimed, key FROM one_time_keys WHERE user_id = ? AND device_id = ? AND name IN TEXTS(?)',
);
const counts = statement<[string, string], { algorithm: string; count: number }>(`
  SELECT algorithm, COUNT(*) AS count FROM one_time_keys
  WHERE user_id = ? AND device_id = ? AND claimed = 0 GROUP BY algorithm`);
const claim = statement<[number, string, readonly string[], string, readonly string[]], ClaimedRow>(`
  UPDATE one_time_keys SET claimed = ? WHERE claimed = 0 AND (user_id, device_id, name) IN (
    SELECT d.user_id, d.device_id, (
      SELECT k.name FROM one_time_keys k
      WHERE k.user_id = d.user_id AND k.device_id = d.device_id AND k.algorithm = ? AND k.claimed = 0
      ORDER BY k.uploaded, k.name LIMIT 1)
    FROM device_keys d WHERE d.user_id IN TEXTS(?) AND (d.user_id || ? || d.device_id) IN TEXTS(?))
  RETURNING user_id, device_id, name, key`);
const useFallback = statement<[string, readonly string[], string, readonly string[]], ClaimedRow>(`
  UPDATE fallback_keys SET used = 1
  WHERE algorithm = ? AND user_id IN TEXTS(?) AND (user_id || ? || device_id) IN TEXTS(?)
  RETURNING user_id, device_id, name, key`);
const putFallback = statement<[string, string, string, string, string]>(`
  INSERT INTO fallback_keys (user_id, device_id, algorithm, name, used, key) VALUES (?, ?, ?, ?, 0, ?)
  ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET
    used = CASE WHEN fallback_keys.name = excluded.name AND fallback_keys.key = excluded.key
           THEN fallback_keys.used ELSE 0 END,
    name = excluded.name, key = excluded.key`);
const unusedFallbacks = statement<[string, string], { algorithm: string }>(
  'SELECT algorithm FROM fallback_keys WHERE user_id = ? AND device_id = ? AND used = 0 ORDER BY algorithm',
);
const remove = statement<[string, readonly string[]]>(
  'DELETE FROM one_time_keys WHERE user_id = ? AND device_id IN TEXTS(?)',
);
const removeFallbacks = statement<[string, readonly string[]]>(
  'DELETE FROM fallback_keys WHERE user_id = ? AND device_id IN TEXTS(?)',
);
const removeClaimed = statement<[number]>('DELETE FROM one_time_keys WHERE claimed > 0 AND claimed < ?');

interface ClaimedRow {
  user_id: UserId;
  device_id: DeviceId;
  name: string;
  key: string;
}

/** A device that a key is wanted for. */
export interface DeviceOfUser {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** A key of a device: `name` is `algorithm:id`, `key` its JSON. */
export interface NamedKey {
  readonly name: string;
  readonly algorithm: string;
  readonly key: string;
}

/** A key that was given out. */
export interface ClaimedKey extends DeviceOfUser {
  readonly name: string;
  readonly key: string;
}

/** Tables `one_time_keys` and `fallback_keys`. */
export class OneTimeKeyStore {
  /** Offers `keys`, which were not there before or were claimed with another content. */
  async put(tx: Transaction, device: DeviceOfUser, keys: readonly NamedKey[], uploaded: Position): Promise<void> {
    const { userId, deviceId } = device;
    await tx.runMany(
      put,
      keys.map(({ name, algorithm, key }) => [userId, deviceId, name, algorithm, uploaded, key]),
    );
  }

  /** Those of `names` that the device ever uploaded, as far as that is remembered. */
  async named(db: Reader, device: DeviceOfUser, names: readonly string[]) {
    const rows = await db.all(named, device.userId, device.deviceId, names);
    return rows.map(({ name, claimed, key }) => ({ name, isClaimed: claimed > 0, key }));
  }

  /** How many keys of each algorithm are left. */
  async counts(db: Reader, device: DeviceOfUser): Promise<Map<string, number>> {
    const rows = await db.all(counts, device.userId, device.deviceId);
    return new Map(rows.map((row) => [row.algorithm, row.count]));
  }

  /** Gives out the oldest key of each of `devices`, where there is one. */
  async claim(tx: Transaction, algorithm: string, devices: readonly DeviceOfUser[], now: Milliseconds) {
    return (await tx.all(claim, now, algorithm, ...among(devices))).map(toClaimed);
  }

  /** The fallback key of each of `devices`, where there is one; it counts as used from now on. */
  async useFallback(tx: Transaction, algorithm: string, devices: readonly DeviceOfUser[]): Promise<ClaimedKey[]> {
    return (await tx.all(useFallback, algorithm, ...among(devices))).map(toClaimed);
  }

  /** A fallback key that is there already stays used if it was. */
  async putFallbacks(tx: Transaction, device: DeviceOfUser, keys: readonly NamedKey[]): Promise<void> {
    const { userId, deviceId } = device;
    await tx.runMany(
      putFallback,
      keys.map(({ algorithm, name, key }) => [userId, deviceId, algorithm, name, key]),
    );
  }

  /** Algorithms that have a fallback key nobody got yet. */
  async unusedFallbacks(db: Reader, device: DeviceOfUser): Promise<string[]> {
    return (await db.all(unusedFallbacks, device.userId, device.deviceId)).map((row) => row.algorithm);
  }

  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await tx.run(remove, userId, deviceIds);
    await tx.run(removeFallbacks, userId, deviceIds);
  }

  /** Forgets keys that were given out before `time`. */
  async removeClaimedBefore(tx: Transaction, time: Milliseconds): Promise<void> {
    await tx.run(removeClaimed, time);
  }
}

const among = (devices: readonly DeviceOfUser[]): [string[], string, string[]] => [
  [...new Set(devices.map((device) => device.userId))],
  SEPARATOR,
  devices.map((device) => `${device.userId}${SEPARATOR}${device.deviceId}`),
];

const toClaimed = (row: ClaimedRow): ClaimedKey => ({
  userId: row.user_id,
  deviceId: row.device_id,
  name: row.name,
  key: row.key,
});
