import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

interface Row {
  user_id: UserId;
  sign_out: number;
  expires_ts: Milliseconds;
}

const insert = statement<[string, string, number, Milliseconds]>(
  'INSERT INTO password_links (token_hash, user_id, sign_out, expires_ts) VALUES (?, ?, ?, ?)',
);
const one = statement<[string], Row>('SELECT user_id, sign_out, expires_ts FROM password_links WHERE token_hash = ?');
const removeOf = statement<[string]>('DELETE FROM password_links WHERE user_id = ?');
const removeExpired = statement<[Milliseconds]>('DELETE FROM password_links WHERE expires_ts < ?');

/** A link, known by the hash of its token. */
export interface PasswordLink {
  readonly userId: UserId;
  /** the new password signs out everywhere */
  readonly signOut: boolean;
  readonly expiresAt: Milliseconds;
}

/** Table `password_links`: at most one for each user. */
export class PasswordLinkStore {
  async insert(tx: Transaction, tokenHash: string, { userId, signOut, expiresAt }: PasswordLink): Promise<void> {
    await tx.run(insert, tokenHash, userId, signOut ? 1 : 0, expiresAt);
  }

  async one(db: Reader, tokenHash: string): Promise<PasswordLink | undefined> {
    const row = await db.get(one, tokenHash);
    return row && { userId: row.user_id, signOut: row.sign_out === 1, expiresAt: row.expires_ts };
  }

  async removeOf(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeOf, userId);
  }

  async removeExpired(tx: Transaction, now: Milliseconds): Promise<void> {
    await tx.run(removeExpired, now);
  }
}
