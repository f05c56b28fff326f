/**
 * Reads that take long, away from the event loop, with a connection of their own. Started with `{ path }`; of each
 * `{ id, sql, parameters }` it says `{ id, rows }`, or `{ id, failed, code }`.
 *
 * It stands alone: Node runs it from source as it is.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

/** ms */
const LOCK_WAIT = 1000;

const { path } = workerData as { path: string };
const db = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT });
for (const pragma of ['cache_size = -8000', 'temp_store = MEMORY', 'case_sensitive_like = ON']) db.pragma(pragma);
const prepared = new Map<string, BetterSqlite3.Statement>();

interface Question {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

function statementFor(sql: string): BetterSqlite3.Statement {
  const known = prepared.get(sql);
  if (known) return known;
  const statement = db.prepare(sql);
  prepared.set(sql, statement);
  return statement;
}

parentPort?.on('message', ({ id, sql, parameters }: Question) => {
  try {
    parentPort?.postMessage({ id, rows: statementFor(sql).all(parameters) });
  } catch (error) {
    const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
    parentPort?.postMessage({ id, failed: String(error), code });
  }
});
