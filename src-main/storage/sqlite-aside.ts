/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Reader, type SqlParameter, type Statement, StorageError } from './database.js';
import { takesList, toJsonList, toSqlite } from './dialect.js';
import { failureOf } from './sqlite-connection.js';

type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly rows?: undefined; readonly failed: string; readonly code: string };

interface Waiting {
  resolve(rows: unknown[]): void;
  reject(error: Error): void;
}

/** Who asks more at once waits for nothing. */
const MOST_WAITING = 200;
/** ms without a question after which the thread ends: it holds some megabytes. */
const IDLE = 60_000;
/** ms for those who asked before a pause, and between two looks whether they have their answers */
const PATIENCE = 5000;
const QUIET_EVERY = 20;

/** Reads in a thread of its own, one after the other; the thread is there only while somebody asks. */
export class SqliteAside implements Reader {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asked = 0;
  #paused: Promise<void> | undefined;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  async all<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row[]> {
    if (this.#paused) await this.#paused;
    return (await this.#ask(statement.sql, parameters)) as Row[];
  }

  async get<P extends readonly SqlParameter[], Row>(
    statement: Statement<P, Row>,
    ...parameters: P
  ): Promise<Row | undefined> {
    return (await this.all(statement, ...parameters))[0];
  }

  /**
   * Lets go of the file while `work` does something to it. Who waits for long already hears that there is no answer;
   * who asks meanwhile gets theirs afterwards.
   */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#paused = promise;
    try {
      await this.#quiet();
      await this.#end();
      return await work();
    } finally {
      this.#paused = undefined;
      resolve();
    }
  }

  /** Resolves when nobody waits any more, or after a while. */
  async #quiet(): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (this.#waiting.size > 0 && performance.now() < end) await sleep(QUIET_EVERY);
  }

  /** Ends the thread; who still waits hears that there is no answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  #ask(sql: string, parameters: readonly SqlParameter[]): Promise<unknown[]> {
    if (this.#isClosed) return Promise.reject(gone());
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(gone());
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<unknown[]>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const given = takesList(sql) ? parameters.map(toJsonList) : parameters;
    this.#worker.postMessage({ id, sql: toSqlite(sql), parameters: given });
    return answer;
  }

  #start(): Worker {
    const source = `./sqlite-aside.worker${extname(import.meta.url)}`; // from source .ts, once built .js
    const worker = new Worker(new URL(source, import.meta.url), {
      name: 'reads aside',
      workerData: { path: this.#path },
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
    });
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, gone()));
    return worker;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.rows) waiting?.resolve(answer.rows);
    else waiting?.reject(failureOf(answer.code, answer.failed) ?? new Error(answer.failed));
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => void this.#end(), IDLE).unref();
  }

  #lost(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#refuseAll(error);
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#idle);
    this.#refuseAll(gone());
    await worker?.terminate();
  }

  #refuseAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const gone = () => new StorageError('unavailable', 'the database does not answer long questions now');
