/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../base/logger.js';
import { failureOf } from './sqlite-connection.js';
import type { StorageError } from './database.js';

interface Done {
  readonly done: 'copied' | 'started anew' | 'readers';
}

interface Failed {
  readonly done?: undefined;
  readonly failed: string;
  /** SQLite's name of the error */
  readonly code: string;
}

/** Batches between two looks at the size of the WAL. */
const LOOK_EVERY = 16;
/** ms that the thread is kept for the next time: to start one costs several times what a checkpoint does. */
const KEPT_FOR = 600_000;

export interface CheckpointDeps {
  readonly path: string;
  /** pages in the WAL from which it is copied into the database */
  readonly threshold: number;
  readonly walPages: () => number;
  /** Runs work while no transaction is open. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called when the disk failed under a checkpoint. */
  readonly onFailure: (error: StorageError) => void;
  readonly log: Logger;
}

/**
 * Keeps the WAL short: when it has grown, a worker thread copies it into the database while everybody goes on; only
 * to start it anew do writers (not the event loop) wait a moment.
 */
export class Checkpoints {
  readonly #deps: CheckpointDeps;
  #commits = 0;
  #nextAt: number;
  #running: Promise<void> | undefined;
  #worker: Worker | undefined;
  #dismissal: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: CheckpointDeps) {
    this.#deps = deps;
    this.#nextAt = deps.threshold;
  }

  /** Something was committed: looks now and then whether the WAL has grown too long. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits % LOOK_EVERY !== 0 || this.#running || this.#closed) return;
    if (this.#deps.walPages() >= this.#nextAt) void this.run();
  }

  /** Copies the WAL into the database; resolves when that has ended, well or not. */
  run(): Promise<void> {
    this.#running ??= this.#checkpoint().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when none runs, and nothing here has the database open. */
  async settled(): Promise<void> {
    await this.#running;
    await this.#dismiss();
  }

  /** Waits for one that runs, and starts no other. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
  }

  async #checkpoint(): Promise<void> {
    const { threshold, hold, log, walPages } = this.#deps;
    clearTimeout(this.#dismissal);
    const worker = (this.#worker ??= this.#startWorker());
    try {
      const copied = await ask(worker, 'copy');
      const result = 'failed' in copied ? copied : await hold(() => ask(worker, 'start anew'));
      this.#nextAt = result.done === 'started anew' ? threshold : walPages() + threshold;
      if (!('failed' in result)) return this.#keep(worker);
      this.#failed(result);
    } catch (error) {
      this.#nextAt = walPages() + threshold;
      log.error('the write-ahead log could not be copied into the database', { error });
    }
    await this.#dismiss();
  }

  #keep(worker: Worker): void {
    worker.unref();
    this.#dismissal = setTimeout(() => void this.#dismiss(), KEPT_FOR).unref();
  }

  /** Lets the thread go; it closes the database first. */
  async #dismiss(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = undefined;
    clearTimeout(this.#dismissal);
    const exit = once(worker, 'exit');
    worker.ref();
    worker.postMessage('end');
    await exit.catch(() => undefined);
  }

  #failed({ failed, code }: Failed): void {
    const { log, onFailure } = this.#deps;
    const failure = failureOf(code, failed);
    log.error('the write-ahead log could not be copied into the database', { error: failed, code });
    if (failure?.kind === 'broken') onFailure(failure);
  }

  #startWorker(): Worker {
    const source = `./sqlite-checkpoint.worker${extname(import.meta.url)}`; // from source .ts, once built .js
    const worker = new Worker(new URL(source, import.meta.url), {
      name: 'checkpoint',
      workerData: { path: this.#deps.path },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('error', (error) => this.#deps.log.error('the thread of checkpoints failed', { error }));
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}

/** What the worker says to this; rejects when it ends without a word. */
async function ask(worker: Worker, request: 'copy' | 'start anew'): Promise<Done | Failed> {
  const ended = new AbortController();
  const exit = once(worker, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the checkpoint ended early');
  });
  const said = once(worker, 'message', { signal: ended.signal }) as Promise<[Done | Failed]>;
  worker.ref();
  worker.postMessage(request);
  try {
    const [message] = await Promise.race([said, exit]);
    return message;
  } finally {
    ended.abort();
    await Promise.allSettled([exit, said]);
  }
}
