import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../base/logger.js';
import { type Position, StorageError, type Transaction } from './database.js';
import { LaneTransaction } from './lane-transaction.js';
import type { News } from './news.js';
import type { Positions } from './positions.js';
import type { WriterConnection } from './writer-connection.js';

export interface LaneDeps {
  readonly connection: WriterConnection;
  readonly positions: Positions;
  readonly news: News;
  readonly log: Logger;
  /** Called after each commit, before anybody hears of it. */
  readonly onCommit: () => void;
  readonly limits?: Partial<LaneLimits>;
}

export interface LaneLimits {
  /** most transactions that are committed together */
  readonly batchSize: number;
  /** ms after which a batch takes no further transaction */
  readonly batchTime: number;
  /** ms without any progress after which a transaction is given up */
  readonly stuckAfter: number;
  /** most transactions that may wait */
  readonly queueSize: number;
}

const LIMITS: LaneLimits = { batchSize: 64, batchTime: 4, stuckAfter: 5000, queueSize: 50_000 };

interface Waiting {
  readonly work: (tx: Transaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Finished extends Waiting {
  readonly tx: LaneTransaction;
  readonly value: unknown;
}

/**
 * Group commit: transactions run one after another on one connection, each undone alone when it fails, and those that
 * arrive together are committed together.
 */
export class WriterLane {
  readonly #deps: LaneDeps;
  readonly #limits: LaneLimits;
  readonly #watch: NodeJS.Timeout;
  #queue: Waiting[] = [];
  #next = 0;
  #running: Promise<void> | undefined;
  #holds = 0;
  #refusal: StorageError | undefined;
  #current: LaneTransaction | undefined;
  #committed: Position;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#limits = { ...LIMITS, ...deps.limits };
    this.#committed = deps.positions.taken;
    this.#watch = setInterval(() => this.#giveUpStuck(), this.#limits.stuckAfter / 5).unref();
  }

  /** The last committed position. */
  get committed(): Position {
    return this.#committed;
  }

  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    if (this.#queue.length - this.#next >= this.#limits.queueSize) {
      return Promise.reject(new StorageError('unavailable', 'too many changes are waiting to be stored'));
    }
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#start();
    });
  }

  /** Runs `work` while no transaction is open; transactions given meanwhile wait. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      while (this.#running) await this.#running;
      return await work();
    } finally {
      this.#holds -= 1;
      this.#start();
    }
  }

  /** Takes no further transactions: each is refused with `reason`, and so are those that wait. */
  refuse(reason: StorageError): void {
    this.#refusal ??= reason;
    for (const waiting of this.#takeAll()) waiting.reject(this.#refusal);
  }

  /** Runs what was given until now, then refuses everything. */
  async close(): Promise<void> {
    while (this.#running) await this.#running;
    this.refuse(new StorageError('unavailable', 'the database is closed'));
    clearInterval(this.#watch);
  }

  /** Nobody knows whether the last batch was committed: says that anything may have changed. */
  forget(): void {
    this.#deps.positions.forgetReservation();
    this.#committed = this.#deps.positions.taken;
    this.#deps.news.forget(this.#committed);
  }

  #start(): void {
    if (this.#running || this.#holds > 0 || this.#next >= this.#queue.length) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#start();
    });
  }

  async #run(): Promise<void> {
    while (this.#next < this.#queue.length && this.#holds === 0) {
      await nextTurn(); // lets those come that arrive together, and the loop breathe between batches
      await this.#batch();
    }
  }

  async #batch(): Promise<void> {
    const finished: Finished[] = [];
    if (!(await this.#begin())) return;
    const began = performance.now();
    try {
      for (let waiting = this.#take(); waiting; waiting = this.#take()) {
        await this.#one(waiting, finished);
        if (finished.length >= this.#limits.batchSize) break;
        if (performance.now() - began >= this.#limits.batchTime) break;
      }
      await this.#commit();
    } catch (error) {
      await this.#undo(finished, error);
      return;
    }
    this.#tell(finished);
  }

  async #begin(): Promise<boolean> {
    const { connection } = this.#deps;
    try {
      await connection.begin();
      return true;
    } catch (error) {
      const reason = connection.translate(error);
      for (const waiting of this.#takeAll()) waiting.reject(reason);
      return false;
    }
  }

  async #commit(): Promise<void> {
    const { connection, positions } = this.#deps;
    const reservation = positions.wanted;
    await connection.commit(reservation);
    if (reservation !== undefined) positions.confirm(reservation);
  }

  /** @throws when not only this transaction is undone, but the batch with it */
  async #one(waiting: Waiting, finished: Finished[]): Promise<void> {
    const { connection, positions } = this.#deps;
    const tx = new LaneTransaction(connection, positions);
    const isFirst = finished.length === 0; // nothing beside it to keep: needs no savepoint
    try {
      if (!isFirst) await connection.savepoint();
      this.#current = tx;
      const value = await tx.perform(waiting.work);
      if (!isFirst) await connection.releaseSavepoint();
      finished.push({ ...waiting, tx, value });
    } catch (error) {
      const translated = connection.translate(error);
      this.#rejectOne({ ...waiting, tx }, translated);
      if (!connection.isInTransaction()) throw translated;
      if (!isFirst) return await connection.rollbackToSavepoint();
      await connection.rollback();
      await connection.begin();
    } finally {
      this.#current = undefined;
    }
  }

  #rejectOne({ tx, reject }: Omit<Finished, 'value'>, error: unknown): void {
    this.#callAll(tx.undos);
    reject(error);
  }

  async #undo(finished: readonly Finished[], error: unknown): Promise<void> {
    const { connection, log } = this.#deps;
    const reason = connection.translate(error);
    try {
      if (connection.isInTransaction()) await connection.rollback();
    } catch (rollbackError) {
      log.error('could not undo a failed batch', { error: rollbackError });
    }
    if (finished.length > 0) log.error('a batch of changes was undone', { changes: finished.length, error: reason });
    for (const each of finished.toReversed()) this.#rejectOne(each, reason);
  }

  #tell(finished: readonly Finished[]): void {
    const { news, positions, onCommit } = this.#deps;
    this.#committed = positions.taken;
    onCommit();
    for (const { tx } of finished) this.#callAll(tx.commits);
    for (const { tx } of finished) if (tx.topics.length > 0) news.announce(tx.topics, tx.lastPosition);
    for (const { resolve, value } of finished) resolve(value);
  }

  #callAll(callbacks: readonly (() => void)[]): void {
    for (const callback of callbacks) {
      try {
        callback();
      } catch (error) {
        this.#deps.log.error('a callback after a transaction failed', { error });
      }
    }
  }

  #take(): Waiting | undefined {
    const waiting = this.#queue[this.#next];
    if (waiting) this.#next += 1;
    if (this.#next >= this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    }
    return waiting;
  }

  #takeAll(): Waiting[] {
    const all = this.#queue.slice(this.#next);
    this.#queue = [];
    this.#next = 0;
    return all;
  }

  #giveUpStuck(): void {
    const tx = this.#current;
    if (!tx?.isStuckSince(this.#limits.stuckAfter, performance.now())) return;
    const error = new Error('a transaction made no progress and was given up: it awaits something other than itself');
    this.#deps.log.error('a transaction was given up', { error });
    tx.giveUp(error);
  }
}
