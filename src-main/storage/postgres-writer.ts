import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '../base/logger.js';
import { type Position, type SqlParameter, StorageError } from './database.js';
import { takesList, toPostgres } from './dialect.js';
import { postgresFailure } from './postgres-failure.js';
import { connectWriter, type PostgresConnection, query } from './postgres-session.js';
import { toPostgresValue } from './postgres-values.js';
import { storeReservation } from './reservation.js';
import type { WriterConnection } from './writer-connection.js';

/** ms after a failed attempt to connect in which no other is made. */
const PAUSE = 1000;
/** ms for which a lost commit's outcome is asked for. */
const OUTCOME_PATIENCE = 10_000;
/** Rows that one statement inserts at most. */
const ROWS_AT_ONCE = 500;

type Outcome = 'committed' | 'aborted' | 'in progress' | null;

/** The connection that writes to PostgreSQL, made anew when it is lost. */
export class PostgresWriter implements WriterConnection {
  readonly #connection: PostgresConnection;
  readonly #log: Logger;
  readonly #onReconnect: () => void;
  #client: pg.Client | undefined;
  #transaction: string | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  #wasConnected = false;
  #last: Promise<unknown> = Promise.resolve();

  /** @param onReconnect called when a lost connection is there again: what was told as undone may be there after all */
  constructor(connection: PostgresConnection, deps: { log: Logger; onReconnect: () => void }) {
    this.#connection = connection;
    this.#log = deps.log;
    this.#onReconnect = deps.onReconnect;
  }

  async begin(): Promise<void> {
    const client = await this.connect();
    const results = await client.query('BEGIN; SELECT pg_current_xact_id()::text AS id');
    const [, second] = results as unknown as pg.QueryResult<{ id: string }>[];
    this.#transaction = second?.rows[0]?.id;
  }

  async commit(reservation: Position | undefined): Promise<void> {
    if (reservation !== undefined) await this.run(storeReservation.sql, [reservation]);
    const transaction = this.#transaction;
    try {
      await this.#query('COMMIT');
    } catch (error) {
      if (postgresFailure(error)?.kind !== 'unavailable' || transaction === undefined) throw error;
      if ((await this.#outcome(transaction)) !== 'committed') throw error;
    } finally {
      this.#transaction = undefined;
    }
  }

  async rollback(): Promise<void> {
    this.#transaction = undefined;
    await this.#query('ROLLBACK');
  }

  async savepoint(): Promise<void> {
    await this.#query('SAVEPOINT one');
  }

  async releaseSavepoint(): Promise<void> {
    await this.#query('RELEASE one');
  }

  async rollbackToSavepoint(): Promise<void> {
    await this.#query('ROLLBACK TO one; RELEASE one');
  }

  async all(sql: string, parameters: readonly SqlParameter[]): Promise<unknown[]> {
    const { rows } = await this.#query(query(sql, parameters));
    return rows;
  }

  async get(sql: string, parameters: readonly SqlParameter[]): Promise<unknown> {
    const { rows } = await this.#query(query(sql, parameters));
    return rows[0];
  }

  async run(sql: string, parameters: readonly SqlParameter[]): Promise<number> {
    const { rowCount } = await this.#query(query(sql, parameters));
    return rowCount ?? 0;
  }

  async runMany(sql: string, rows: readonly (readonly SqlParameter[])[]): Promise<void> {
    const insert = manyRows(sql);
    if (!insert) {
      for (const row of rows) await this.run(sql, row);
      return;
    }
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const some = rows.slice(from, from + ROWS_AT_ONCE);
      await this.#query(insert(some.length), some.flat().map(toPostgresValue));
    }
  }

  /** Runs SQL as it is, for schemas. */
  async execute(sql: string): Promise<void> {
    await this.#query(sql);
  }

  isInTransaction(): boolean {
    return this.#transaction !== undefined && this.#client !== undefined;
  }

  translate(error: unknown): unknown {
    return postgresFailure(error) ?? error;
  }

  /** The connection, made if it is not there. */
  async connect(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    if (performance.now() - this.#failedAt < PAUSE)
      throw new StorageError('unavailable', 'PostgreSQL cannot be reached');
    try {
      this.#client = await connectWriter(this.#connection);
    } catch (error) {
      this.#failedAt = performance.now();
      throw error;
    }
    this.#client.once('end', () => this.#lost());
    if (this.#wasConnected) this.#onReconnect();
    this.#wasConnected = true;
    return this.#client;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /** One statement at a time: the driver must not be given another while one runs. */
  async #query(what: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    const turn = this.#last.then(() => {
      if (!this.#client) throw new StorageError('unavailable', 'the connection to PostgreSQL was lost');
      return this.#client.query(what, values);
    });
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #lost(): void {
    if (!this.#client) return;
    this.#client = undefined;
    this.#log.warn('the connection to PostgreSQL was lost');
  }

  /** Asks on a new connection what became of a transaction whose commit was under way when the old one was lost. */
  async #outcome(transaction: string): Promise<Outcome> {
    const until = performance.now() + OUTCOME_PATIENCE;
    while (performance.now() < until) {
      await sleep(PAUSE / 5);
      try {
        const client = await this.connect();
        const { rows } = await client.query<{ outcome: Outcome }>('SELECT pg_xact_status($1::xid8) AS outcome', [
          transaction,
        ]);
        if (rows[0]?.outcome !== 'in progress') return rows[0]?.outcome ?? null;
      } catch (error) {
        this.#log.warn('cannot reach PostgreSQL to ask for the outcome of a commit', { error });
      }
    }
    return null;
  }
}

const inserts = new Map<string, ((rows: number) => string) | undefined>();

/**
 * An insert of one row as an insert of many; undefined when the statement is another, or updates rows that are there:
 * the same row may then come twice, which only statements of their own can do.
 */
function manyRows(sql: string): ((rows: number) => string) | undefined {
  if (inserts.has(sql)) return inserts.get(sql);
  const match = /^(\s*INSERT\s[^?]*\bVALUES\s*)\(((?:\s*\?\s*,)*\s*\?\s*)\)([^?]*)$/i.exec(sql);
  const [, head = '', marks = '', tail = ''] = match ?? [];
  const isPlain = match !== null && !/DO\s+UPDATE|RETURNING/i.test(tail) && !takesList(sql);
  const insert = isPlain
    ? (rows: number) => toPostgres(`${head}${Array.from({ length: rows }, () => `(${marks})`).join(', ')}${tail}`)
    : undefined;
  inserts.set(sql, insert);
  return insert;
}
