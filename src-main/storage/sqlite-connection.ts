import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { type Position, type SqlParameter, StorageError } from './database.js';
import { takesList, toJsonList, toSqlite } from './dialect.js';
import { storeReservation } from './reservation.js';
import type { WriterConnection } from './writer-connection.js';

/** Most statements that a connection keeps prepared; the house has some hundreds. */
const KEPT_STATEMENTS = 2000;
/** KiB of pages that a connection keeps in memory. */
const CACHE_SIZE = { writer: 16_000, reader: 2000 };
/** ms that a call may wait for another program that holds a lock: the event loop waits with it. */
const LOCK_WAIT = 10;
/** ms between attempts to begin a transaction while another program has one, and how many. */
const LOCK_PAUSE = 50;
const LOCK_ATTEMPTS = 100;

interface Prepared {
  readonly statement: BetterSqlite3.Statement;
  readonly takesList: boolean;
}

/**
 * A connection to an SQLite file in WAL mode. Its calls are synchronous and take microseconds.
 *
 * It never checkpoints by itself, since that would make the event loop wait for the disk (`sqlite-checkpoint.ts` does).
 */
export class SqliteConnection implements WriterConnection {
  #db: BetterSqlite3.Database;
  readonly #prepared = new Map<string, Prepared>();

  /** @param role a reader refuses to write */
  constructor(
    private readonly path: string,
    private readonly role: 'writer' | 'reader',
  ) {
    this.#db = this.#open();
  }

  /** Opens again what was closed: the file may be another one by now. */
  open(): void {
    this.#db = this.#open();
  }

  #open(): BetterSqlite3.Database {
    const { path, role } = this;
    const db = new BetterSqlite3(path, { readonly: role === 'reader', timeout: LOCK_WAIT });
    if (role === 'writer') {
      // Only before anything is in the file; later it would write, and on a full disk nothing could be opened.
      if (db.pragma('page_count', { simple: true }) === 0) db.pragma('auto_vacuum = INCREMENTAL');
      useWal(db);
    }
    for (const pragma of [
      'synchronous = NORMAL',
      'fullfsync = ON', // on macOS only this reaches the disk
      'checkpoint_fullfsync = ON',
      'wal_autocheckpoint = 0',
      `cache_size = -${CACHE_SIZE[role]}`,
      'temp_store = MEMORY',
      'case_sensitive_like = ON', // as PostgreSQL has it
    ]) {
      db.pragma(pragma);
    }
    return db;
  }

  all(sql: string, parameters: readonly SqlParameter[]): unknown[] {
    const { statement, takesList } = this.#prepare(sql);
    return statement.all(takesList ? parameters.map(toJsonList) : parameters);
  }

  get(sql: string, parameters: readonly SqlParameter[]): unknown {
    const { statement, takesList } = this.#prepare(sql);
    return statement.get(takesList ? parameters.map(toJsonList) : parameters);
  }

  run(sql: string, parameters: readonly SqlParameter[]): number {
    const { statement, takesList } = this.#prepare(sql);
    return statement.run(takesList ? parameters.map(toJsonList) : parameters).changes;
  }

  runMany(sql: string, rows: readonly (readonly SqlParameter[])[]): void {
    for (const row of rows) this.run(sql, row);
  }

  /** Like `all`, for statements that only read: outside a transaction nothing may be written. */
  read(sql: string, parameters: readonly SqlParameter[]): unknown[] {
    if (!this.#prepare(sql).statement.readonly) throw new Error('a statement that writes needs a transaction');
    return this.all(sql, parameters);
  }

  /** Like `read`, for the first row only. */
  readFirst(sql: string, parameters: readonly SqlParameter[]): unknown {
    if (!this.#prepare(sql).statement.readonly) throw new Error('a statement that writes needs a transaction');
    return this.get(sql, parameters);
  }

  /** Runs statements that take no parameters and give no rows. */
  execute(sql: string): void {
    this.#db.exec(sql);
  }

  /** Waits, without holding the loop, while another program writes to the file. */
  async begin(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.run('BEGIN IMMEDIATE', []);
        return;
      } catch (error) {
        if (sqliteFailure(error)?.kind !== 'unavailable' || attempt >= LOCK_ATTEMPTS) throw error;
        await sleep(LOCK_PAUSE);
      }
    }
  }

  commit(reservation: Position | undefined): void {
    if (reservation !== undefined) this.run(storeReservation.sql, [reservation]);
    this.run('COMMIT', []);
  }

  rollback(): void {
    this.run('ROLLBACK', []);
  }

  savepoint(): void {
    this.run('SAVEPOINT one', []);
  }

  releaseSavepoint(): void {
    this.run('RELEASE one', []);
  }

  rollbackToSavepoint(): void {
    this.run('ROLLBACK TO one', []);
    this.run('RELEASE one', []);
  }

  isInTransaction(): boolean {
    return this.#db.inTransaction;
  }

  /**
   * Copies what an earlier process left in the WAL into the database, and syncs both. After this nothing that can be
   * read is only in the system's memory.
   *
   * @returns false when there is no space to do so: the WAL stays as it is
   */
  startClean(): boolean {
    this.#db.pragma('synchronous = FULL');
    const isClean = this.#unlessFull(() => this.#db.pragma('wal_checkpoint(TRUNCATE)'));
    this.#db.pragma('synchronous = NORMAL');
    return isClean;
  }

  /** Writes a little, so that the WAL is there and its header synced. */
  startWal(): void {
    const isWritten = this.#unlessFull(() => {
      this.run("UPDATE meta SET value = value + 1 WHERE key = 'checkpoints'", []);
    });
    if (!isWritten && this.walPages() === 0) throw new StorageError('full', 'the disk is full');
  }

  /** How many pages the WAL holds. */
  walPages(): number {
    const row = this.get('PRAGMA wal_checkpoint(NOOP)', []) as { log: number };
    return row.log;
  }

  /** Copies the whole database, as it is committed, to a new file. */
  async copyTo(path: string): Promise<void> {
    await this.#db.backup(path);
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  translate(error: unknown): unknown {
    return sqliteFailure(error) ?? error;
  }

  #unlessFull(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (sqliteFailure(error)?.kind !== 'full') throw error;
      return false;
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepared = { statement: this.#db.prepare(toSqlite(sql)), takesList: takesList(sql) };
    if (this.#prepared.size >= KEPT_STATEMENTS) {
      for (const oldest of this.#prepared.keys()) {
        this.#prepared.delete(oldest);
        break;
      }
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function useWal(db: BetterSqlite3.Database): void {
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode === 'wal') return;
  db.close();
  throw new StorageError(
    'refused',
    'The database cannot be kept in this folder: its file system lacks what SQLite needs. Choose one on a disk of this computer.',
  );
}

/** What an error of SQLite means for the store; undefined when it is the statement's own fault. */
export const sqliteFailure = (error: unknown): StorageError | undefined =>
  error instanceof BetterSqlite3.SqliteError ? failureOf(error.code, error) : undefined;

/** The same for an error of which only SQLite's code has come here. */
export function failureOf(code: string, error: unknown): StorageError | undefined {
  const failure = (kind: StorageError['kind'], message: string) => new StorageError(kind, message, { cause: error });
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return failure('full', 'the disk is full');
  if (code.startsWith('SQLITE_BUSY')) return failure('unavailable', 'another program holds the database');
  if (code.startsWith('SQLITE_IOERR')) return failure('broken', `the disk failed (${code})`);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return failure('broken', `the database file is damaged (${code})`);
  }
  if (code.startsWith('SQLITE_READONLY')) return failure('refused', 'the database file cannot be written');
  return undefined;
}
