import type { Milliseconds } from '../../base/clock.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** A client that a user signed in with. */
export interface Device {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly displayName: string | undefined;
  readonly createdAt: Milliseconds;
  readonly lastSeen: Seen | undefined;
}

/** When and from where a device was last heard of. */
export interface Seen {
  readonly ts: Milliseconds;
  readonly address: string;
  readonly userAgent: string;
}

interface DeviceRow {
  user_id: string;
  device_id: string;
  display_name: string | null;
  created_ts: number;
  last_seen_ts: number | null;
  last_seen_ip: string | null;
  last_seen_user_agent: string | null;
}

const insert = statement<[UserId, DeviceId, string | null, Milliseconds]>(`
  INSERT INTO devices (user_id, device_id, display_name, created_ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
`);
const rename = statement<[string | null, UserId, DeviceId]>(`
  UPDATE devices SET display_name = ? WHERE user_id = ? AND device_id = ?
`);
const remove = statement<[UserId, readonly string[]], { device_id: string }>(`
  DELETE FROM devices WHERE user_id = ? AND device_id IN TEXTS(?) RETURNING device_id
`);
const one = statement<[UserId, DeviceId], DeviceRow>(`SELECT * FROM devices WHERE user_id = ? AND device_id = ?`);
const ofUsers = statement<[readonly string[]], DeviceRow>(`SELECT * FROM devices WHERE user_id IN TEXTS(?)`);
const seen = statement<[Milliseconds, string, string, UserId, DeviceId]>(`
  UPDATE devices SET last_seen_ts = ?, last_seen_ip = ?, last_seen_user_agent = ? WHERE user_id = ? AND device_id = ?
`);
const activeSince = statement<[Milliseconds], { count: number }>(`
  SELECT COUNT(DISTINCT user_id) AS count FROM devices WHERE last_seen_ts >= ?
`);

/** Table `devices`. */
export class DeviceStore {
  /** @returns false when the user has such a device already, which then stays as it is */
  async insert(tx: Transaction, device: Device): Promise<boolean> {
    const { userId, deviceId, displayName, createdAt } = device;
    return (await tx.run(insert, userId, deviceId, displayName ?? null, createdAt)) === 1;
  }

  /** @returns false when there is no such device */
  async rename(tx: Transaction, userId: UserId, deviceId: DeviceId, displayName: string | undefined): Promise<boolean> {
    return (await tx.run(rename, displayName ?? null, userId, deviceId)) === 1;
  }

  /** @returns those that were there */
  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<DeviceId[]> {
    return (await tx.all(remove, userId, deviceIds)).map((row) => row.device_id);
  }

  async get(db: Reader, userId: UserId, deviceId: DeviceId): Promise<Device | undefined> {
    const row = await db.get(one, userId, deviceId);
    return row && toDevice(row);
  }

  async ofUsers(db: Reader, userIds: readonly UserId[]): Promise<Device[]> {
    return (await db.all(ofUsers, userIds)).map(toDevice);
  }

  async setSeen(tx: Transaction, rows: readonly (readonly [UserId, DeviceId, Seen])[]): Promise<void> {
    await tx.runMany(
      seen,
      rows.map(([userId, deviceId, { ts, address, userAgent }]) => [ts, address, userAgent, userId, deviceId] as const),
    );
  }

  /** How many users were heard of at or after `since`. */
  async countActiveUsers(db: Reader, since: Milliseconds): Promise<number> {
    return (await db.get(activeSince, since))?.count ?? 0;
  }
}

const toDevice = (row: DeviceRow): Device => ({
  userId: row.user_id as UserId,
  deviceId: row.device_id,
  displayName: row.display_name ?? undefined,
  createdAt: row.created_ts,
  lastSeen:
    row.last_seen_ts === null
      ? undefined
      : { ts: row.last_seen_ts, address: row.last_seen_ip ?? '', userAgent: row.last_seen_user_agent ?? '' },
});
