import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const one = statement<[string, string, string, number], { rooms: string }>(
  'SELECT rooms FROM sliding_states WHERE user_id = ? AND device_id = ? AND conn_id = ? AND state = ?',
);
const put = statement<[string, string, string, number, string]>(
  'INSERT INTO sliding_states (user_id, device_id, conn_id, state, rooms) VALUES (?, ?, ?, ?, ?)',
);
const keepOnly = statement<[string, string, string, number]>(
  'DELETE FROM sliding_states WHERE user_id = ? AND device_id = ? AND conn_id = ? AND state <> ?',
);
const connections = statement<[string, string], { conn_id: string }>(`
  SELECT conn_id FROM sliding_states WHERE user_id = ? AND device_id = ? GROUP BY conn_id ORDER BY max(state) DESC`);
const removeConnections = statement<[string, string, readonly string[]]>(
  'DELETE FROM sliding_states WHERE user_id = ? AND device_id = ? AND conn_id IN TEXTS(?)',
);
const removeDevices = statement<[string, readonly string[]]>(
  'DELETE FROM sliding_states WHERE user_id = ? AND device_id IN TEXTS(?)',
);

/** One sync loop of a device. */
export interface ConnectionKey {
  readonly userId: string;
  /** '' for access tokens without a device */
  readonly deviceId: string;
  readonly connId: string;
}

/** Table `sliding_states`. */
export class ConnectionStore {
  async rooms(db: Reader, { userId, deviceId, connId }: ConnectionKey, state: number): Promise<string | undefined> {
    return (await db.get(one, userId, deviceId, connId, state))?.rooms;
  }

  /** Adds a state; of those before only `base` stays. */
  async put(tx: Transaction, key: ConnectionKey, base: number, state: number, rooms: string): Promise<void> {
    await tx.run(keepOnly, key.userId, key.deviceId, key.connId, base);
    await tx.run(put, key.userId, key.deviceId, key.connId, state, rooms);
  }

  /** Leaves a device so many connections, those that changed last. */
  async limit(tx: Transaction, { userId, deviceId }: ConnectionKey, most: number): Promise<void> {
    const rows = await tx.all(connections, userId, deviceId);
    if (rows.length <= most) return;
    const surplus = rows.slice(most).map((row) => row.conn_id);
    await tx.run(removeConnections, userId, deviceId, surplus);
  }

  async removeDevices(tx: Transaction, userId: string, deviceIds: readonly string[]): Promise<void> {
    await tx.run(removeDevices, userId, deviceIds);
  }
}
