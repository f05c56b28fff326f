/**
 * What takes long and is done to an SQLite file as a whole, away from the event loop. Started with `{ path, task }`:
 * `check` says `{ done: lines }`, `shrink` writes the database anew to the empty file
 * `target`, brings that onto the disk and says `{ done: [] }`. What fails is told as `{ failed, code }`.
 *
 * It stands alone: Node runs it from source as it is.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

/** ms */
const LOCK_WAIT = 5000;
/** Lines about what is wrong: the first say enough. */
const MOST_LINES = 20;

type Given = { readonly path: string } & (
  | { readonly task: 'check' }
  | { readonly task: 'shrink'; readonly target: string }
);

const given = workerData as Given;

const TASKS = {
  check(db: BetterSqlite3.Database): string[] {
    const rows = db.pragma(`quick_check(${MOST_LINES})`) as { quick_check: string }[];
    return rows.map((row) => row.quick_check).filter((line) => line !== 'ok');
  },
  shrink(db: BetterSqlite3.Database): string[] {
    if (given.task !== 'shrink') return [];
    db.pragma('auto_vacuum = INCREMENTAL'); // of the new file: it can give room back from now on
    db.prepare('VACUUM INTO ?').run(given.target);
    const file = openSync(given.target, 'r+');
    fsyncSync(file);
    closeSync(file);
    return [];
  },
};

function run(): unknown {
  let db: BetterSqlite3.Database | undefined;
  try {
    db = new BetterSqlite3(given.path, { fileMustExist: true, timeout: LOCK_WAIT, readonly: given.task === 'check' });
    db.pragma('synchronous = NORMAL');
    db.pragma('wal_autocheckpoint = 0');
    return { done: TASKS[given.task](db) };
  } catch (error) {
    return { failed: String(error), code: error instanceof BetterSqlite3.SqliteError ? error.code : '' };
  } finally {
    db?.close();
  }
}

parentPort?.postMessage(run());
