import type { Milliseconds } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, number, string]>(
  'INSERT INTO to_device_messages (user_id, device_id, pos, message) VALUES (?, ?, ?, ?)',
);
const between = statement<[string, string, number, number, number], { pos: Position; message: string }>(`
  SELECT pos, message FROM to_device_messages
  WHERE user_id = ? AND device_id = ? AND pos > ? AND pos <= ? ORDER BY pos LIMIT ?`);
const span = statement<[string, string], { oldest: Position | null; newest: Position | null }>(`
  SELECT MIN(pos) AS oldest, MAX(pos) AS newest FROM to_device_messages WHERE user_id = ? AND device_id = ?`);
const sizes = statement<
  [readonly string[], readonly string[]],
  { user_id: UserId; device_id: DeviceId; messages: number; letters: number }
>(`
  SELECT user_id, device_id, COUNT(*) AS messages, SUM(OCTET_LENGTH(message)) AS letters FROM to_device_messages
  WHERE user_id IN TEXTS(?) AND device_id IN TEXTS(?) GROUP BY user_id, device_id`);
const removeUpTo = statement<[string, string, number]>(
  'DELETE FROM to_device_messages WHERE user_id = ? AND device_id = ? AND pos <= ?',
);
const remove = statement<[string, readonly string[]]>(
  'DELETE FROM to_device_messages WHERE user_id = ? AND device_id IN TEXTS(?)',
);
const devices = statement<[string], { device_id: DeviceId }>(
  'SELECT DISTINCT device_id FROM to_device_messages WHERE user_id = ?',
);
const enter = statement<[string, string, string, string, number]>(`
  INSERT INTO to_device_transactions (user_id, device_id, event_type, txn_id, ts) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (user_id, device_id, event_type, txn_id) DO NOTHING`);
const forget = statement<[number]>('DELETE FROM to_device_transactions WHERE ts < ?');

/** Contents by recipient and device; the device `*` stands for all of the recipient's. */
export type Addressed = ReadonlyMap<UserId, Readonly<Record<DeviceId | '*', JsonObject>>>;

/** A message on its way to one device. */
export interface AddressedMessage {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** the to-device event as JSON */
  readonly message: string;
}

/** What makes a send the same as an earlier one. */
export interface SendKey {
  readonly userId: UserId;
  /** '' for senders without a device */
  readonly deviceId: DeviceId | '';
  readonly eventType: string;
  readonly txnId: string;
}

/** The positions that a device's waiting messages span; 0 when none wait. */
export interface QueueSpan {
  readonly oldest: Position;
  readonly newest: Position;
}

/** How much waits for a device. */
export interface QueueSize {
  readonly messages: number;
  /** of all their JSON texts, about */
  readonly letters: number;
}

/** Tables `to_device_messages` and `to_device_transactions`. */
export class ToDeviceStore {
  /** At most one message for each device at one position. */
  async put(tx: Transaction, messages: readonly AddressedMessage[], position: Position): Promise<void> {
    await tx.runMany(
      put,
      messages.map(({ userId, deviceId, message }) => [userId, deviceId, position, message]),
    );
  }

  /** Messages after `from`, up to `to`, oldest first, as JSON. */
  async between(db: Reader, userId: UserId, deviceId: DeviceId, from: Position, to: Position, limit: number) {
    const rows = await db.all(between, userId, deviceId, from, to, limit);
    return rows.map((row) => ({ position: row.pos, message: row.message }));
  }

  async span(db: Reader, userId: UserId, deviceId: DeviceId): Promise<QueueSpan> {
    const row = await db.get(span, userId, deviceId);
    return { oldest: row?.oldest ?? 0, newest: row?.newest ?? 0 };
  }

  /** How much waits for each of some devices, and perhaps others of the same users; those for which nothing waits are absent. */
  async sizes(db: Reader, devices: readonly { readonly userId: UserId; readonly deviceId: DeviceId }[]) {
    const userIds = [...new Set(devices.map(({ userId }) => userId))];
    const deviceIds = [...new Set(devices.map(({ deviceId }) => deviceId))];
    const rows = await db.all(sizes, userIds, deviceIds);
    return rows.map(({ user_id, device_id, ...size }) => ({ userId: user_id, deviceId: device_id, ...size }));
  }

  async removeUpTo(tx: Transaction, userId: UserId, deviceId: DeviceId, position: Position): Promise<void> {
    await tx.run(removeUpTo, userId, deviceId, position);
  }

  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await tx.run(remove, userId, deviceIds);
  }

  /** Devices that messages wait for. */
  async devices(db: Reader, userId: UserId): Promise<DeviceId[]> {
    return (await db.all(devices, userId)).map((row) => row.device_id);
  }

  /** @returns false when this send was entered before */
  async enter(tx: Transaction, { userId, deviceId, eventType, txnId }: SendKey, now: Milliseconds): Promise<boolean> {
    return (await tx.run(enter, userId, deviceId, eventType, txnId, now)) > 0;
  }

  async forgetSendsBefore(tx: Transaction, time: Milliseconds): Promise<void> {
    await tx.run(forget, time);
  }
}
