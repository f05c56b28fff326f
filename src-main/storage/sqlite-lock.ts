import BetterSqlite3 from 'better-sqlite3';
import { StorageError } from './database.js';

/**
 * Keeps a second server from opening the same file. The lock is the system's and ends with the process, however it
 * ends; the empty file `<path>.lock` that it is on stays.
 */
export class SqliteLock {
  readonly #db: BetterSqlite3.Database;

  /** @throws StorageError `refused` when another server has it */
  constructor(path: string) {
    this.#db = new BetterSqlite3(`${path}.lock`, { timeout: 0 });
    try {
      this.#db.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#db.close();
      throw new StorageError('refused', `Another Hearth is running with the database ${path}. Stop that one first.`, {
        cause,
      });
    }
  }

  release(): void {
    this.#db.close();
  }
}
