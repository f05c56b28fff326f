import { closeSync, fdatasync, fstatSync, openSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { StorageError } from './database.js';

/** Brings what was written to an open file onto the disk; tests put their own in its place. */
export type SyncFile = (file: number) => Promise<void>;

/** On macOS libuv does F_FULLFSYNC here, on Windows FlushFileBuffers, which needs the file opened for writing. */
export const syncFile: SyncFile = promisify(fdatasync);

/** One sync of the file: what it promises and to how many commits. */
interface Sync {
  readonly covers: number;
  readonly done: Promise<void>;
}

/**
 * Tells when what was committed is on disk. With synchronous=NORMAL a commit only writes to the WAL file; one
 * asynchronous sync of that file then serves all who wait.
 *
 * That is enough at any time: a commit is in the WAL until a checkpoint has synced the WAL, copied it to the database
 * and synced that, and only then does the WAL start anew. The file stays the same as long as a connection is open.
 */
export class WalSync {
  readonly #path: string;
  #file: number;
  readonly #sync: SyncFile;
  readonly #onFailure: (error: StorageError) => void;
  #committed = 0;
  #synced = 0;
  #running: Sync | undefined;
  #following: Promise<void> | undefined;
  #failure: StorageError | undefined;

  /** Opens the WAL of the database at `path`, which must have one. */
  constructor(path: string, deps: { sync: SyncFile; onFailure: (error: StorageError) => void }) {
    this.#path = `${path}-wal`;
    this.#file = openSync(this.#path, 'r+'); // kept: an error of the disk is told to those who had it open
    this.#sync = deps.sync;
    this.#onFailure = deps.onFailure;
  }

  /** Something was committed that is not on disk yet. */
  committed(): void {
    this.#committed += 1;
  }

  /** Resolves once everything committed until now is on disk; rejects for ever after a sync failed. */
  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#synced === this.#committed) return Promise.resolve();
    if (!this.#running) return this.#start();
    if (this.#running.covers === this.#committed) return this.#running.done;
    this.#following ??= this.#running.done.then(() => this.#start());
    return this.#following;
  }

  /** Makes sure that the open file is still the one that SQLite writes to. */
  check(): void {
    const [open, named] = [fstatSync(this.#file), statSync(this.#path, { throwIfNoEntry: false })];
    if (open.ino === named?.ino && open.dev === named.dev) return;
    this.fail(new StorageError('broken', `${this.#path} was replaced or deleted while in use`));
  }

  /** Lets go of the file once all is on the disk. Until `reopen` nobody may commit, or ask whether it is. */
  letGo(): void {
    closeSync(this.#file);
  }

  /** The database has another WAL now, in which nothing stands that anybody was promised. */
  reopen(): void {
    this.#file = openSync(this.#path, 'r+');
  }

  /** From now on nothing can be promised any more. */
  fail(error: StorageError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#onFailure(error);
  }

  close(): void {
    this.fail(new StorageError('unavailable', 'the database is closed'));
    closeSync(this.#file);
  }

  #start(): Promise<void> {
    this.#following = undefined;
    const done = this.#syncOnce(this.#committed);
    this.#running = { covers: this.#committed, done };
    return done;
  }

  async #syncOnce(covers: number): Promise<void> {
    try {
      await this.#sync(this.#file);
    } catch (cause) {
      this.fail(new StorageError('broken', 'the disk did not keep what was written', { cause }));
    }
    this.#running = undefined;
    if (this.#failure) throw this.#failure;
    this.#synced = covers;
  }
}
