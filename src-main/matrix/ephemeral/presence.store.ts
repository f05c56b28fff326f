import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string | null, number]>(`
  INSERT INTO presence (user_id, status_msg, last_active_ts) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET status_msg = excluded.status_msg, last_active_ts = excluded.last_active_ts`);
const one = statement<[string], { status_msg: string | null; last_active_ts: number }>(
  'SELECT status_msg, last_active_ts FROM presence WHERE user_id = ?',
);

/** What of somebody's presence outlives a restart. */
export interface PresenceRecord {
  readonly statusMsg: string | undefined;
  readonly lastActiveTs: Milliseconds;
}

/** Table `presence`. */
export class PresenceStore {
  async put(tx: Transaction, userId: UserId, record: PresenceRecord): Promise<void> {
    await tx.run(put, userId, record.statusMsg ?? null, record.lastActiveTs);
  }

  async one(db: Reader, userId: UserId): Promise<PresenceRecord | undefined> {
    const row = await db.get(one, userId);
    return row && { statusMsg: row.status_msg ?? undefined, lastActiveTs: row.last_active_ts };
  }
}
