import type { Position, SqlParameter, Statement, Transaction } from './database.js';
import type { Topic } from './news.js';
import type { Positions } from './positions.js';
import type { Now, WriterConnection } from './writer-connection.js';

/** Made once: an error costs more than most statements. */
const ENDED = new Error('the transaction has ended');

/**
 * One transaction in the lane. A statement that fails dooms it, on both engines alike: whoever catches that error
 * cannot go on and commit the rest.
 */
export class LaneTransaction implements Transaction {
  readonly topics: Topic[] = [];
  readonly commits: (() => void)[] = [];
  readonly undos: (() => void)[] = [];
  lastPosition: Position = 0;
  readonly #connection: WriterConnection;
  readonly #positions: Positions;
  #failure: { readonly error: unknown } | undefined;
  #underWay = 0;
  #steps = 0;
  #seen = { steps: -1, at: 0 };
  #giveUp: ((error: Error) => void) | undefined;

  constructor(connection: WriterConnection, positions: Positions) {
    this.#connection = connection;
    this.#positions = positions;
  }

  /** Runs `work`; after it, or once it is given up, nothing more can be done in this transaction. */
  async perform(work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
    try {
      const value = await new Promise((resolve, reject) => {
        this.#giveUp = reject;
        work(this).then(resolve, reject);
      });
      if (this.#failure) throw this.#failure.error;
      if (this.topics.length > 0 && this.lastPosition === 0) this.position();
      return value;
    } finally {
      this.#failure = { error: ENDED };
    }
  }

  async all<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row[]> {
    return this.#do(() => this.#connection.all(statement.sql, parameters) as Now<Row[]>);
  }

  async get<P extends readonly SqlParameter[], Row>(
    statement: Statement<P, Row>,
    ...parameters: P
  ): Promise<Row | undefined> {
    return this.#do(() => this.#connection.get(statement.sql, parameters) as Now<Row | undefined>);
  }

  async run<P extends readonly SqlParameter[]>(statement: Statement<P, never>, ...parameters: P): Promise<number> {
    return this.#do(() => this.#connection.run(statement.sql, parameters));
  }

  async runMany<P extends readonly SqlParameter[]>(statement: Statement<P, never>, rows: readonly P[]): Promise<void> {
    if (rows.length > 0) return this.#do(() => this.#connection.runMany(statement.sql, rows));
  }

  position(skipped = 0): Position {
    if (this.#failure) throw this.#failure.error;
    this.lastPosition = this.#positions.take(skipped);
    return this.lastPosition;
  }

  announce(...topics: Topic[]): void {
    this.topics.push(...topics);
  }

  afterCommit(then: () => void): void {
    this.commits.push(then);
  }

  afterUndo(then: () => void): void {
    this.undos.push(then);
  }

  /** Whether nothing has happened in it for `limit` ms, asked again and again; a statement under way is something. */
  isStuckSince(limit: number, now: number): boolean {
    if (this.#underWay > 0 || this.#seen.steps !== this.#steps) {
      this.#seen = { steps: this.#steps, at: now };
      return false;
    }
    return now - this.#seen.at >= limit;
  }

  giveUp(error: Error): void {
    this.#giveUp?.(error);
  }

  #do<T>(step: () => Now<T>): Now<T> {
    if (this.#failure) throw this.#failure.error;
    this.#steps += 1;
    try {
      const result = step();
      return result instanceof Promise ? this.#finish(result) : result;
    } catch (error) {
      throw this.#doom(error);
    }
  }

  async #finish<T>(result: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await result;
    } catch (error) {
      throw this.#doom(error);
    } finally {
      this.#underWay -= 1;
      this.#steps += 1;
    }
  }

  #doom(error: unknown): unknown {
    const translated = this.#connection.translate(error);
    this.#failure ??= { error: translated };
    return translated;
  }
}
