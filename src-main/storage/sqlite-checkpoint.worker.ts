/**
 * Checkpoints, away from the event loop. Started with `{ path }`; on `copy` it copies the WAL into the database and syncs
 * both, on `start anew` it starts the WAL anew if nobody reads from it, and on `end` it ends. What came of it is told as
 * `{ done: 'copied' | 'started anew' | 'readers' }`, what fails as `{ failed, code }`.
 *
 * It stands alone: Node runs it from source as it is.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

/** ms that starting anew may wait for readers; writers wait with it. */
const READERS_WAIT = 200;

const { path } = workerData as { path: string };
const db = new BetterSqlite3(path, { fileMustExist: true, timeout: READERS_WAIT });
db.pragma('synchronous = NORMAL');
db.pragma('fullfsync = ON');
db.pragma('checkpoint_fullfsync = ON');
db.pragma('wal_autocheckpoint = 0');
db.pragma('journal_size_limit = 67108864');

/** The second round takes what was written during the first, so that little is left for when writers wait. */
function copy(): void {
  db.pragma('wal_checkpoint(PASSIVE)');
  db.pragma('wal_checkpoint(PASSIVE)');
}

/**
 * Whoever writes first after a full checkpoint starts the WAL anew, and syncs its header while doing so. Writing a
 * little here keeps that wait away from the event loop.
 */
function startAnew(): boolean {
  const [result] = db.pragma('wal_checkpoint(RESTART)') as { busy: number }[];
  if (result?.busy !== 0) return false;
  db.prepare("UPDATE meta SET value = value + 1 WHERE key = 'checkpoints'").run();
  return true;
}

/** Says what came of `work`, or how it failed. */
function tell(work: () => string): void {
  try {
    parentPort?.postMessage({ done: work() });
  } catch (error) {
    const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
    parentPort?.postMessage({ failed: String(error), code });
  }
}

parentPort?.on('message', (request: 'copy' | 'start anew' | 'end') => {
  if (request === 'end') {
    db.close();
    parentPort?.close();
    return;
  }
  tell(() => {
    if (request === 'start anew') return startAnew() ? 'started anew' : 'readers';
    copy();
    return 'copied';
  });
});
