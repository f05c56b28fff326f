import type { Milliseconds } from '../../base/clock.js';
import { type JsonObject, parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** A user-interactive authentication on its way. */
export interface UiaSession {
  readonly sessionId: string;
  /** who is asked to prove who they are; undefined for those who have no account yet */
  readonly userId: UserId | undefined;
  /** what it is for; it serves nothing else */
  readonly operation: string;
  /** completed stages with their results */
  readonly completed: JsonObject;
  /** what the operation itself keeps from request to request */
  readonly data: JsonObject;
  readonly expiresAt: Milliseconds;
}

interface SessionRow {
  session_id: string;
  user_id: string | null;
  operation: string;
  completed: string;
  data: string;
  expires_ts: number;
}

const insert = statement<[string, UserId | null, string, string, string, Milliseconds]>(`
  INSERT INTO uia_sessions (session_id, user_id, operation, completed, data, expires_ts) VALUES (?, ?, ?, ?, ?, ?)
`);
const one = statement<[string], SessionRow>(`SELECT * FROM uia_sessions WHERE session_id = ?`);
const setCompleted = statement<[string, string]>(`UPDATE uia_sessions SET completed = ? WHERE session_id = ?`);
const setData = statement<[string, string]>(`UPDATE uia_sessions SET data = ? WHERE session_id = ?`);
const remove = statement<[string]>(`DELETE FROM uia_sessions WHERE session_id = ?`);
const removeExpired = statement<[Milliseconds], SessionRow>(
  `DELETE FROM uia_sessions WHERE expires_ts < ? RETURNING *`,
);

/** Table `uia_sessions`. */
export class UiaStore {
  async insert(tx: Transaction, session: UiaSession): Promise<void> {
    const { sessionId, userId, operation, completed, data, expiresAt } = session;
    const texts = [JSON.stringify(completed), JSON.stringify(data)] as const;
    await tx.run(insert, sessionId, userId ?? null, operation, ...texts, expiresAt);
  }

  async get(db: Reader, sessionId: string): Promise<UiaSession | undefined> {
    const row = await db.get(one, sessionId);
    return row && toSession(row);
  }

  async setCompleted(tx: Transaction, sessionId: string, completed: JsonObject): Promise<void> {
    await tx.run(setCompleted, JSON.stringify(completed), sessionId);
  }

  async setData(tx: Transaction, sessionId: string, data: JsonObject): Promise<void> {
    await tx.run(setData, JSON.stringify(data), sessionId);
  }

  async remove(tx: Transaction, sessionId: string): Promise<void> {
    await tx.run(remove, sessionId);
  }

  /** @returns those that are gone */
  async removeExpired(tx: Transaction, now: Milliseconds): Promise<UiaSession[]> {
    return (await tx.all(removeExpired, now)).map(toSession);
  }
}

const toSession = (row: SessionRow): UiaSession => ({
  sessionId: row.session_id,
  userId: (row.user_id as UserId | null) ?? undefined,
  operation: row.operation,
  completed: parseOwn(row.completed),
  data: parseOwn(row.data),
  expiresAt: row.expires_ts,
});
