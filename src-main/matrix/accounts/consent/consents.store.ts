import type { Milliseconds } from '../../../base/clock.js';
import type { UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

const one = statement<[string], { version: string | null; noticed: string | null }>(
  'SELECT version, noticed FROM user_consents WHERE user_id = ?',
);
const putVersion = statement<[string, string, number]>(`
  INSERT INTO user_consents (user_id, version, given_ts) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, given_ts = excluded.given_ts`);
const putNoticed = statement<[string, string]>(`
  INSERT INTO user_consents (user_id, noticed) VALUES (?, ?)
  ON CONFLICT (user_id) DO UPDATE SET noticed = excluded.noticed`);

/** What somebody accepted last, and what they were written to about. */
export interface Consent {
  readonly version: string | undefined;
  readonly noticed: string | undefined;
}

/** Table `user_consents`. */
export class ConsentStore {
  async of(db: Reader, userId: UserId): Promise<Consent> {
    const row = await db.get(one, userId);
    return { version: row?.version ?? undefined, noticed: row?.noticed ?? undefined };
  }

  async give(tx: Transaction, userId: UserId, version: string, now: Milliseconds): Promise<void> {
    await tx.run(putVersion, userId, version, now);
  }

  async notice(tx: Transaction, userId: UserId, version: string): Promise<void> {
    await tx.run(putNoticed, userId, version);
  }
}
