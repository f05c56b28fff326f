import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** An invitation to register here. */
export interface RegistrationToken {
  readonly token: string;
  /** how many accounts may be made with it; undefined: any number */
  readonly usesAllowed: number | undefined;
  /** registrations that showed it and are not through yet */
  readonly pending: number;
  readonly completed: number;
  /** undefined: never */
  readonly expiresAt: Milliseconds | undefined;
  readonly createdAt: Milliseconds;
  /** whom it is for, in the words of who made it */
  readonly label: string | undefined;
  /** since when it lets nobody in, until that is taken back */
  readonly revokedAt: Milliseconds | undefined;
}

interface TokenRow {
  token: string;
  uses_allowed: number | null;
  pending: number;
  completed: number;
  expires_ts: number | null;
  created_ts: number;
  label: string | null;
  revoked_ts: number | null;
}

const insert = statement<[string, number | null, Milliseconds | null, Milliseconds, string | null]>(`
  INSERT INTO registration_tokens (token, uses_allowed, expires_ts, created_ts, label) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING
`);
const one = statement<[string], TokenRow>(`SELECT * FROM registration_tokens WHERE token = ?`);
const all = statement<[number], TokenRow>(`SELECT * FROM registration_tokens ORDER BY created_ts DESC, token LIMIT ?`);
const update = statement<[number | null, Milliseconds | null, string]>(`
  UPDATE registration_tokens SET uses_allowed = ?, expires_ts = ? WHERE token = ?
`);
const revoke = statement<[Milliseconds | null, string]>(
  'UPDATE registration_tokens SET revoked_ts = ? WHERE token = ?',
);
const count = statement<[number, number, string, number]>(`
  UPDATE registration_tokens SET pending = pending + ?, completed = completed + ? WHERE token = ? AND pending + ? >= 0
`);
const came = statement<[UserId, string]>(`
  INSERT INTO invited_people (user_id, token) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET token = excluded.token
`);
const whoCame = statement<[readonly string[], number], { user_id: string; token: string }>(`
  SELECT user_id, token FROM invited_people WHERE token IN TEXTS(?) ORDER BY token, user_id LIMIT ?
`);
const remove = statement<[string]>(`DELETE FROM registration_tokens WHERE token = ?`);

/** Table `registration_tokens`. */
export class RegistrationTokenStore {
  /** @returns false when there is such a token already */
  async insert(tx: Transaction, token: RegistrationToken): Promise<boolean> {
    const { usesAllowed, expiresAt, createdAt, label } = token;
    const limits = [usesAllowed ?? null, expiresAt ?? null] as const;
    return (await tx.run(insert, token.token, ...limits, createdAt, label ?? null)) === 1;
  }

  async get(db: Reader, token: string): Promise<RegistrationToken | undefined> {
    const row = await db.get(one, token);
    return row && toToken(row);
  }

  /** Newest first. */
  async list(db: Reader, limit: number): Promise<RegistrationToken[]> {
    return (await db.all(all, limit)).map(toToken);
  }

  async update(tx: Transaction, token: RegistrationToken): Promise<void> {
    await tx.run(update, token.usesAllowed ?? null, token.expiresAt ?? null, token.token);
  }

  /** Adds to the counts of pending and completed registrations; does nothing where none would be pending. */
  async count(tx: Transaction, token: string, pending: number, completed: number): Promise<void> {
    await tx.run(count, pending, completed, token, pending);
  }

  /** Somebody made their account with it. */
  async came(tx: Transaction, token: string, userId: UserId): Promise<void> {
    await tx.run(came, userId, token);
  }

  /** Who made their accounts with these tokens. */
  async whoCame(db: Reader, tokens: readonly string[], limit: number): Promise<Map<string, UserId[]>> {
    const rows = tokens.length === 0 ? [] : await db.all(whoCame, tokens, limit);
    const found = new Map<string, UserId[]>();
    for (const { user_id: userId, token } of rows) found.set(token, [...(found.get(token) ?? []), userId as UserId]);
    return found;
  }

  /** @param at undefined: it counts again. @returns false when there is none */
  async revoke(tx: Transaction, token: string, at: Milliseconds | undefined): Promise<boolean> {
    return (await tx.run(revoke, at ?? null, token)) === 1;
  }

  /** @returns false when there was none */
  async remove(tx: Transaction, token: string): Promise<boolean> {
    return (await tx.run(remove, token)) === 1;
  }
}

const toToken = (row: TokenRow): RegistrationToken => ({
  token: row.token,
  usesAllowed: row.uses_allowed ?? undefined,
  pending: row.pending,
  completed: row.completed,
  expiresAt: row.expires_ts ?? undefined,
  createdAt: row.created_ts,
  label: row.label ?? undefined,
  revokedAt: row.revoked_ts ?? undefined,
});
