import { closeSync, existsSync, openSync, renameSync, statfsSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { abortable } from '../base/abort.js';
import { randomLetters } from '../base/random.js';
import { StorageError } from './database.js';
import { failureOf, type SqliteConnection } from './sqlite-connection.js';
import { type DatabaseSize, UpkeepError, type Upkeep } from './upkeep.js';

type Answer =
  | { readonly done: string[] }
  | { readonly done?: undefined; readonly failed: string; readonly code: string };

/** As SQLite numbers it. */
const INCREMENTAL = 2;
/** What a new file may take beside what is in the old one. */
const MARGIN = { share: 0.1, bytes: 50_000_000 };
const LOOK_EVERY = 500;

export interface SqliteUpkeepDeps {
  readonly path: string;
  readonly writer: SqliteConnection;
  /** Runs work while no transaction is open; those given meanwhile wait. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Copies the WAL into the database. */
  readonly checkpoint: () => Promise<void>;
  /** something was committed outside of the lane */
  readonly onCommit: () => void;
  /** While nobody can write: closes everything, lets `replace` do with the file what it will, opens what is there then. */
  readonly exchange: (replace: () => void) => Promise<void>;
}

/** The upkeep of one SQLite file while it is in use: one thing at a time. */
export class SqliteUpkeep implements Upkeep {
  /** threads that are at work, also those that nobody waits for any more */
  readonly #threads = new Set<Worker>();
  readonly #closing = new AbortController();
  #works = false;
  #isShrinking = false;
  /** something has ended */
  #ended = Promise.withResolvers<void>();

  constructor(private readonly deps: SqliteUpkeepDeps) {}

  size(): DatabaseSize {
    const { writer } = this.deps;
    const page = number(writer, 'page_size');
    return {
      bytes: number(writer, 'page_count') * page,
      free: number(writer, 'freelist_count') * page,
      givesBack: number(writer, 'auto_vacuum') === INCREMENTAL,
    };
  }

  giveBack(pages: number): Promise<number> {
    return this.#alone(async () => {
      const { writer, hold, onCommit } = this.deps;
      if (!this.size().givesBack) return 0;
      return hold(async () => {
        const before = number(writer, 'page_count');
        try {
          writer.execute(`PRAGMA incremental_vacuum(${Math.floor(pages)})`);
        } catch (error) {
          throw writer.translate(error);
        }
        onCommit();
        return before - number(writer, 'page_count');
      });
    });
  }

  check(signal: AbortSignal): Promise<string[]> {
    return this.#alone(() => abortable(this.#inThread({ task: 'check' }), this.#orClosed(signal)));
  }

  neededToShrink(): number {
    const { bytes, free } = this.size();
    return Math.round((bytes - free) * (1 + MARGIN.share) + MARGIN.bytes);
  }

  async shrink(wanted: AbortSignal, onProgress: (written: number) => void): Promise<void> {
    const signal = this.#orClosed(wanted);
    signal.throwIfAborted();
    if (this.#isShrinking) throw new UpkeepError('busy', 'the database is being written anew already');
    this.#isShrinking = true;
    try {
      // Somebody wants this, and nobody waits for what is under way by itself: nothing of that begins any more.
      while (this.#isBusy) await abortable(this.#ended.promise, signal);
      await this.#shrink(signal, onProgress);
    } finally {
      this.#isShrinking = false;
    }
  }

  async #shrink(signal: AbortSignal, onProgress: (written: number) => void): Promise<void> {
    const { path, hold, checkpoint } = this.deps;
    this.#requireSpace();
    const target = `${path}${SMALLER}${randomLetters(8)}`;
    const timer = setInterval(() => onProgress(sizeOf(target)), LOOK_EVERY).unref();
    try {
      await checkpoint();
      await hold(() => this.#rewrite(target, signal));
    } finally {
      clearInterval(timer);
      await remove(target);
    }
  }

  /** Waits for no thread: what it does is of no use any more, and harms nothing. */
  close(): void {
    this.#closing.abort(new StorageError('unavailable', 'the database is closed'));
    for (const thread of this.#threads) void thread.terminate();
  }

  #orClosed(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  /** What is done now and then, and can be done another time. @throws UpkeepError */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy || this.#isShrinking) {
      throw new UpkeepError('busy', 'something else looks after the database right now');
    }
    this.#works = true;
    try {
      return await work();
    } finally {
      this.#works = false;
      this.#end();
    }
  }

  /** Also while a thread goes on that nobody waits for any more. */
  get #isBusy(): boolean {
    return this.#works || this.#threads.size > 0;
  }

  #end(): void {
    const { resolve } = this.#ended;
    this.#ended = Promise.withResolvers();
    resolve();
  }

  async #rewrite(target: string, signal: AbortSignal): Promise<void> {
    const { path, checkpoint, exchange } = this.deps;
    signal.throwIfAborted();
    closeSync(openSync(target, 'wx', 0o600));
    const writing = this.#inThread({ task: 'shrink', target });
    // Of one that was called off the thread goes on for a while.
    writing.catch(() => undefined).finally(() => signal.aborted && remove(target));
    await abortable(writing, signal);
    // Nothing of this may be left to the moment in which everybody waits.
    await checkpoint();
    signal.throwIfAborted();
    await exchange(() => {
      // Anything in it belongs to the old file, and would be taken for a part of the new one.
      if (existsSync(`${path}-wal`)) throw new UpkeepError('in-use', 'another program has the database open');
      renameSync(target, path);
    });
  }

  #requireSpace(): void {
    const { bavail, bsize } = statfsSync(dirname(this.deps.path));
    const needed = this.neededToShrink();
    if (bavail * bsize >= needed) return;
    throw new UpkeepError('no-space', `there are ${bavail * bsize} bytes free on the disk, and this takes ${needed}`);
  }

  /** @throws StorageError, Error */
  #inThread(given: { task: 'check' } | { task: 'shrink'; target: string }): Promise<string[]> {
    const source = `./sqlite-upkeep.worker${extname(import.meta.url)}`; // from source .ts, once built .js
    const thread = new Worker(new URL(source, import.meta.url), {
      name: 'upkeep',
      workerData: { path: this.deps.path, ...given },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    this.#threads.add(thread);
    return new Promise((resolve, reject) => {
      let answer: Answer = { failed: 'the thread ended early', code: '' };
      thread.on('message', (message: Answer) => {
        answer = message;
      });
      thread.on('error', reject);
      // Only once it is gone does nothing of it hold the file.
      thread.on('exit', () => {
        this.#threads.delete(thread);
        this.#end();
        if (answer.done) resolve(answer.done);
        else reject(failureOf(answer.code, answer.failed) ?? new StorageError('unavailable', answer.failed));
      });
    });
  }
}

const SMALLER = '.smaller-';

/** Removes what attempts to write the database anew have left behind; what cannot be removed now is at the next start. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}${SMALLER}`;
  const folder = dirname(path);
  const left = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => remove(join(folder, name))));
}

const remove = (path: string) => rm(path, { force: true }).catch(() => undefined);

const number = (connection: SqliteConnection, pragma: string): number => {
  const row = connection.get(`PRAGMA ${pragma}`, []) as Record<string, number> | undefined;
  return row?.[pragma] ?? 0;
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
