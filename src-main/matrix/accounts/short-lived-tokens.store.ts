import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** A token that is exchanged for something else: it has an owner and an end. */
export interface ShortLivedToken {
  readonly tokenHash: string;
  readonly userId: UserId;
  readonly expiresAt: Milliseconds;
}

interface TokenRow {
  user_id: string;
  expires_ts: number;
}

/** Tables `login_tokens` (signing in once) and `openid_tokens` (telling others who one is). */
export class ShortLivedTokenStore {
  readonly #insert;
  readonly #get;
  readonly #take;
  readonly #removeExpired;

  constructor(table: 'login_tokens' | 'openid_tokens') {
    this.#insert = statement<[string, UserId, Milliseconds]>(
      `INSERT INTO ${table} (token_hash, user_id, expires_ts) VALUES (?, ?, ?)`,
    );
    this.#get = statement<[string], TokenRow>(`SELECT user_id, expires_ts FROM ${table} WHERE token_hash = ?`);
    this.#take = statement<[string], TokenRow>(
      `DELETE FROM ${table} WHERE token_hash = ? RETURNING user_id, expires_ts`,
    );
    this.#removeExpired = statement<[Milliseconds]>(`DELETE FROM ${table} WHERE expires_ts < ?`);
  }

  async insert(tx: Transaction, { tokenHash, userId, expiresAt }: ShortLivedToken): Promise<void> {
    await tx.run(this.#insert, tokenHash, userId, expiresAt);
  }

  async get(db: Reader, tokenHash: string): Promise<ShortLivedToken | undefined> {
    const row = await db.get(this.#get, tokenHash);
    return row && toToken(tokenHash, row);
  }

  /** The token, which is gone now. */
  async take(tx: Transaction, tokenHash: string): Promise<ShortLivedToken | undefined> {
    const row = await tx.get(this.#take, tokenHash);
    return row && toToken(tokenHash, row);
  }

  async removeExpired(tx: Transaction, now: Milliseconds): Promise<void> {
    await tx.run(this.#removeExpired, now);
  }
}

const toToken = (tokenHash: string, row: TokenRow): ShortLivedToken => ({
  tokenHash,
  userId: row.user_id as UserId,
  expiresAt: row.expires_ts,
});
