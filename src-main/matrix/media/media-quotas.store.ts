import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const of = statement<[string], { bytes: number }>('SELECT bytes FROM media_quotas WHERE user_id = ?');
const put = statement<[string, number]>(`
  INSERT INTO media_quotas (user_id, bytes) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET bytes = excluded.bytes`);
const remove = statement<[string]>('DELETE FROM media_quotas WHERE user_id = ?');
const stored = statement<[string], { bytes: number | null }>(
  'SELECT SUM(size) AS bytes FROM media WHERE user_id = ? AND hash IS NOT NULL',
);

/** Table `media_quotas`: how many bytes single people may keep here in all. */
export class MediaQuotaStore {
  /** undefined: as many as they like */
  async of(db: Reader, userId: UserId): Promise<number | undefined> {
    const row = await db.get(of, userId);
    return row && Number(row.bytes);
  }

  async set(tx: Transaction, userId: UserId, bytes: number | undefined): Promise<void> {
    if (bytes === undefined) await tx.run(remove, userId);
    else await tx.run(put, userId, bytes);
  }

  /** How many they keep now. */
  async stored(db: Reader, userId: UserId): Promise<number> {
    return Number((await db.get(stored, userId))?.bytes ?? 0);
  }
}
