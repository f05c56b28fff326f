import { fromBase64, toBase64 } from '../../base/base64.js';
import type { Milliseconds } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** A key of another server. */
export interface ServerKey {
  /** `ed25519:…` */
  readonly keyId: string;
  /** 32 raw bytes */
  readonly publicKey: Uint8Array;
  /** it counts for what was signed until then; ms since the epoch */
  readonly validUntil: Milliseconds;
  /** its server gave it up: asking again would not make it valid for longer */
  readonly isExpired: boolean;
  readonly fetchedAt: Milliseconds;
}

/** What a server said of its keys, as it signed it. */
export interface StoredAnswer {
  readonly server: ServerName;
  readonly keyId: string;
  readonly validUntil: Milliseconds;
  /** JSON */
  readonly text: string;
}

interface KeyRow {
  server: string;
  key_id: string;
  public_key: string;
  valid_until: number;
  is_expired: number;
  fetched_at: number;
}

const putKey = statement<[string, string, string, number, number, number]>(`
  INSERT INTO server_keys (server, key_id, public_key, valid_until, is_expired, fetched_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (server, key_id) DO UPDATE SET
    public_key = excluded.public_key,
    valid_until = excluded.valid_until,
    is_expired = excluded.is_expired,
    fetched_at = excluded.fetched_at
`);
const keysOf = statement<[readonly string[]], KeyRow>(`
  SELECT server, key_id, public_key, valid_until, is_expired, fetched_at FROM server_keys WHERE server IN TEXTS(?)
`);
const dropOld = statement<[string, string, number]>(`
  DELETE FROM server_keys WHERE server = ? AND key_id NOT IN (
    SELECT key_id FROM server_keys WHERE server = ? ORDER BY fetched_at DESC, valid_until DESC, key_id LIMIT ?
  )
`);
const putAnswer = statement<[string, string, number, string]>(`
  INSERT INTO server_key_answers (server, key_id, valid_until, answer) VALUES (?, ?, ?, ?)
  ON CONFLICT (server, key_id) DO UPDATE SET valid_until = excluded.valid_until, answer = excluded.answer
    WHERE excluded.valid_until >= server_key_answers.valid_until
`);
const answerLengths = statement<[string], { key_id: string; letters: number }>(`
  SELECT key_id, length(answer) AS letters FROM server_key_answers WHERE server = ? ORDER BY valid_until DESC, key_id
`);
const dropAnswers = statement<[string, readonly string[]]>(
  'DELETE FROM server_key_answers WHERE server = ? AND key_id IN TEXTS(?)',
);
const answersOf = statement<[string], { key_id: string; valid_until: number; answer: string }>(`
  SELECT key_id, valid_until, answer FROM server_key_answers WHERE server = ?
`);

/** Kept of one server: who changes keys all the time loses the oldest. One answer names this many at most. */
const MOST_KEYS = 200;
/** Letters of all answers of one server. */
const MOST_LETTERS = 1024 * 1024;

/** Tables `server_keys` and `server_key_answers`. */
export class ServerKeyStore {
  /** The oldest are dropped when there are too many. */
  async put(tx: Transaction, server: ServerName, keys: readonly ServerKey[]): Promise<void> {
    const rows = keys.map(({ keyId, publicKey, validUntil, isExpired, fetchedAt }) => {
      return [server, keyId, toBase64(publicKey), validUntil, Number(isExpired), fetchedAt] as const;
    });
    await tx.runMany(
      putKey,
      rows.map((row) => [...row]),
    );
    await tx.run(dropOld, server, server, MOST_KEYS);
  }

  /** The keys of each of `servers`; those without any are left out. */
  async keysOf(db: Reader, servers: readonly ServerName[]): Promise<Map<ServerName, ServerKey[]>> {
    const rows = await db.all(keysOf, servers);
    const keys = new Map<ServerName, ServerKey[]>();
    for (const row of rows) keys.set(row.server, [...(keys.get(row.server) ?? []), toKey(row)]);
    return keys;
  }

  /** An older answer never replaces a newer one. */
  async putAnswers(tx: Transaction, answers: readonly StoredAnswer[]): Promise<void> {
    await tx.runMany(
      putAnswer,
      answers.map(({ server, keyId, validUntil, text }) => [server, keyId, validUntil, text]),
    );
    for (const server of new Set(answers.map((answer) => answer.server))) await this.#trimAnswers(tx, server);
  }

  /** The newest stay, as far as there is room for them. */
  async #trimAnswers(tx: Transaction, server: ServerName): Promise<void> {
    let letters = 0;
    const excess = (await tx.all(answerLengths, server)).filter((row, at) => {
      letters += Number(row.letters);
      return at > 0 && (at >= MOST_KEYS || letters > MOST_LETTERS);
    });
    if (excess.length === 0) return;
    const keyIds = excess.map((row) => row.key_id);
    await tx.run(dropAnswers, server, keyIds);
  }

  async answersOf(db: Reader, server: ServerName): Promise<StoredAnswer[]> {
    const rows = await db.all(answersOf, server);
    return rows.map((row) => ({ server, keyId: row.key_id, validUntil: row.valid_until, text: row.answer }));
  }
}

const toKey = (row: KeyRow): ServerKey => ({
  keyId: row.key_id,
  publicKey: fromBase64(row.public_key) ?? new Uint8Array(),
  validUntil: row.valid_until,
  isExpired: row.is_expired !== 0,
  fetchedAt: row.fetched_at,
});
