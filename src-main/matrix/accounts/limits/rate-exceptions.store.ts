import type { RateLimit } from '../../../config/config.js';
import type { UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const all = statement<[], { user_id: UserId; per_second: number; burst: number }>(
  'SELECT user_id, per_second, burst FROM rate_limit_overrides',
);
const put = statement<[string, number, number]>(`
  INSERT INTO rate_limit_overrides (user_id, per_second, burst) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET per_second = excluded.per_second, burst = excluded.burst`);
const remove = statement<[string]>('DELETE FROM rate_limit_overrides WHERE user_id = ?');

/** Table `rate_limit_overrides`: a few rows, of bots and bridges mostly. */
export class RateExceptionStore {
  async all(db: Reader): Promise<Map<UserId, RateLimit>> {
    const rows = await db.all(all);
    return new Map(rows.map((row) => [row.user_id, { perSecond: row.per_second, burst: row.burst }]));
  }

  async put(tx: Transaction, userId: UserId, { perSecond, burst }: RateLimit): Promise<void> {
    await tx.run(put, userId, perSecond, burst);
  }

  async remove(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(remove, userId);
  }
}
