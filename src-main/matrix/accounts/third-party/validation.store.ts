import type { Milliseconds } from '../../../base/clock.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

/** What a proof is good for; it serves nothing else. */
export type ValidationPurpose = 'register' | 'add' | 'password';

/** Somebody sets out to prove that an address is theirs. */
export interface ValidationSession {
  readonly sid: string;
  readonly purpose: ValidationPurpose;
  /** canonical */
  readonly address: string;
  readonly clientSecret: string;
  readonly sendAttempt: number;
  /** where the browser goes after the link in the e-mail */
  readonly nextLink: string | undefined;
  /** undefined until the link was followed */
  readonly validatedAt: Milliseconds | undefined;
  readonly expiresAt: Milliseconds;
}

interface SessionRow {
  sid: string;
  purpose: string;
  address: string;
  client_secret: string;
  send_attempt: number;
  next_link: string | null;
  validated_ts: number | null;
  expires_ts: number;
}

const put = statement<[string, string, string, string, number, string | null, Milliseconds]>(`
  INSERT INTO validation_sessions (sid, purpose, medium, address, client_secret, send_attempt, next_link, expires_ts)
  VALUES (?, ?, 'email', ?, ?, ?, ?, ?)
  ON CONFLICT (sid) DO UPDATE SET send_attempt = excluded.send_attempt, next_link = excluded.next_link,
    expires_ts = excluded.expires_ts
`);
const bySid = statement<[string], SessionRow>(`SELECT * FROM validation_sessions WHERE sid = ?`);
const byWish = statement<[string, string, string], SessionRow>(`
  SELECT * FROM validation_sessions WHERE client_secret = ? AND purpose = ? AND medium = 'email' AND address = ?
`);
const setValidated = statement<[Milliseconds, string]>(`UPDATE validation_sessions SET validated_ts = ? WHERE sid = ?`);
const remove = statement<[string]>(`DELETE FROM validation_sessions WHERE sid = ?`);
const removeExpired = statement<[Milliseconds]>(`DELETE FROM validation_sessions WHERE expires_ts < ?`);
const insertToken = statement<[string, string, Milliseconds]>(`
  INSERT INTO validation_tokens (token_hash, sid, expires_ts) VALUES (?, ?, ?)
`);
const token = statement<[string], { sid: string; expires_ts: number }>(`
  SELECT sid, expires_ts FROM validation_tokens WHERE token_hash = ?
`);
const removeTokens = statement<[string]>(`DELETE FROM validation_tokens WHERE sid = ?`);
const removeExpiredTokens = statement<[Milliseconds]>(`DELETE FROM validation_tokens WHERE expires_ts < ?`);

/** Tables `validation_sessions` and `validation_tokens`; for e-mail addresses, phone numbers are proved elsewhere. */
export class ValidationStore {
  /** Begins a session, or counts another attempt of one. */
  async put(tx: Transaction, session: Omit<ValidationSession, 'validatedAt'>): Promise<void> {
    const { sid, purpose, address, clientSecret, sendAttempt, nextLink, expiresAt } = session;
    await tx.run(put, sid, purpose, address, clientSecret, sendAttempt, nextLink ?? null, expiresAt);
  }

  async get(db: Reader, sid: string): Promise<ValidationSession | undefined> {
    const row = await db.get(bySid, sid);
    return row && toSession(row);
  }

  /** The session of the same client for the same address and purpose. */
  async find(
    db: Reader,
    { clientSecret, purpose, address }: Pick<ValidationSession, 'clientSecret' | 'purpose' | 'address'>,
  ): Promise<ValidationSession | undefined> {
    const row = await db.get(byWish, clientSecret, purpose, address);
    return row && toSession(row);
  }

  async setValidated(tx: Transaction, sid: string, at: Milliseconds): Promise<void> {
    await tx.run(setValidated, at, sid);
  }

  async remove(tx: Transaction, sid: string): Promise<void> {
    await tx.run(remove, sid);
    await tx.run(removeTokens, sid);
  }

  async insertToken(tx: Transaction, tokenHash: string, sid: string, expiresAt: Milliseconds): Promise<void> {
    await tx.run(insertToken, tokenHash, sid, expiresAt);
  }

  async token(db: Reader, tokenHash: string): Promise<{ sid: string; expiresAt: Milliseconds } | undefined> {
    const row = await db.get(token, tokenHash);
    return row && { sid: row.sid, expiresAt: row.expires_ts };
  }

  async removeExpired(tx: Transaction, now: Milliseconds): Promise<void> {
    await tx.run(removeExpired, now);
    await tx.run(removeExpiredTokens, now);
  }
}

const toSession = (row: SessionRow): ValidationSession => ({
  sid: row.sid,
  purpose: row.purpose as ValidationPurpose,
  address: row.address,
  clientSecret: row.client_secret,
  sendAttempt: row.send_attempt,
  nextLink: row.next_link ?? undefined,
  validatedAt: row.validated_ts ?? undefined,
  expiresAt: row.expires_ts,
});
