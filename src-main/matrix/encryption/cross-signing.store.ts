import { type JsonObject, parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, string, string]>(`
  INSERT INTO cross_signing_keys (user_id, usage, public_key, key) VALUES (?, ?, ?, ?)
  ON CONFLICT (user_id, usage) DO UPDATE SET public_key = excluded.public_key, key = excluded.key`);
const ofUsers = statement<[readonly string[]], Row>(
  'SELECT user_id, usage, public_key, key FROM cross_signing_keys WHERE user_id IN TEXTS(?)',
);
const removeAll = statement<[string]>('DELETE FROM cross_signing_keys WHERE user_id = ?');

/** What a cross-signing key is for. */
export type KeyUsage = 'master' | 'self_signing' | 'user_signing';

interface Row {
  user_id: UserId;
  usage: KeyUsage;
  public_key: string;
  key: string;
}

/** A key of a user, as opposed to one of a device. */
export interface CrossSigningKey {
  readonly userId: UserId;
  readonly usage: KeyUsage;
  /** unpadded base64: what names the key */
  readonly publicKey: string;
  /** as uploaded */
  readonly key: JsonObject;
}

/** Table `cross_signing_keys`: at most one key for each user and usage. */
export class CrossSigningStore {
  async put(tx: Transaction, { userId, usage, publicKey, key }: CrossSigningKey): Promise<void> {
    await tx.run(put, userId, usage, publicKey, JSON.stringify(key));
  }

  async ofUsers(db: Reader, userIds: readonly UserId[]): Promise<CrossSigningKey[]> {
    const rows = await db.all(ofUsers, userIds);
    return rows.map((row) => ({
      userId: row.user_id,
      usage: row.usage,
      publicKey: row.public_key,
      key: parseOwn(row.key),
    }));
  }

  async removeAll(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeAll, userId);
  }
}
