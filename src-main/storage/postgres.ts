import pg from 'pg';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Database, Position, Reader, SqlParameter, Statement, Transaction } from './database.js';
import { toPostgresSchema } from './dialect.js';
import { type Migration, type MigrationTarget, migrate } from './migrate.js';
import { News } from './news.js';
import { Positions } from './positions.js';
import { postgresFailure } from './postgres-failure.js';
import { type PostgresConnection, query, readerConfig } from './postgres-session.js';
import { PostgresWriter } from './postgres-writer.js';
import { reservedPositions } from './reservation.js';
import { type LaneLimits, WriterLane } from './writer-lane.js';

/** A round trip for each statement: a batch takes longer than on SQLite, and the loop is free meanwhile. */
const LIMITS: Partial<LaneLimits> = { batchTime: 20 };

export interface PostgresDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly migrations: readonly Migration[];
  /** how many topics `news` remembers */
  readonly mostTopics?: number;
  readonly poolSize: number;
  readonly limits?: Partial<LaneLimits>;
}

/** Opens the database that `connection` leads to; see `openDatabase`. */
export async function openPostgres(connection: PostgresConnection, deps: PostgresDeps): Promise<PostgresDatabase> {
  const parts: { database?: PostgresDatabase } = {};
  const writer = new PostgresWriter(connection, { log: deps.log, onReconnect: () => parts.database?.reconnected() });
  try {
    await writer.connect();
    await migrate(migrationTarget(writer), deps.migrations, deps);
    const row = (await writer.get(reservedPositions.sql, [])) as { reserved: Position } | undefined;
    parts.database = new PostgresDatabase(connection, { ...deps, writer, reserved: row?.reserved ?? 0 });
    return parts.database;
  } catch (error) {
    await writer.close();
    throw postgresFailure(error) ?? error;
  }
}

const TABLES = `
  SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`;

const migrationTarget = (writer: PostgresWriter): MigrationTarget => ({
  begin: () => writer.begin(),
  commit: () => writer.commit(undefined),
  rollback: () => writer.rollback(),
  tables: async () => (await writer.all(TABLES, [])).map((row) => (row as { name: string }).name),
  define: (sql) => writer.execute(toPostgresSchema(sql)),
  all: (sql, parameters) => writer.all(sql, parameters),
  run: (sql, parameters) => writer.run(sql, parameters),
  backup: () => Promise.resolve(undefined),
});

/** A database in PostgreSQL: one connection that writes, and a pool for reads. */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly news: News;
  /** Every question goes to another process anyway. */
  readonly aside: Reader = this;
  readonly upkeep = undefined;
  readonly #writer: PostgresWriter;
  readonly #pool: pg.Pool;
  readonly #lane: WriterLane;
  #closed: Promise<void> | undefined;

  constructor(connection: PostgresConnection, deps: PostgresDeps & { writer: PostgresWriter; reserved: Position }) {
    const { log, writer } = deps;
    const positions = new Positions(deps.reserved);
    this.news = new News(positions.taken, deps.mostTopics);
    this.#writer = writer;
    this.#pool = new pg.Pool({ ...readerConfig(connection), max: deps.poolSize });
    this.#pool.on('error', (error) => log.warn('an idle connection to PostgreSQL was lost', { error }));
    this.#lane = new WriterLane({
      connection: writer,
      positions,
      news: this.news,
      log,
      onCommit: () => undefined,
      limits: { ...LIMITS, ...deps.limits },
    });
  }

  async all<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row[]> {
    try {
      const { rows } = await this.#pool.query(query(statement.sql, parameters));
      return rows as Row[];
    } catch (error) {
      throw postgresFailure(error) ?? error;
    }
  }

  async get<P extends readonly SqlParameter[], Row>(
    statement: Statement<P, Row>,
    ...parameters: P
  ): Promise<Row | undefined> {
    const [row] = await this.all(statement, ...parameters);
    return row;
  }

  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#lane.write(work);
  }

  /** A commit of PostgreSQL is on disk when it is told, and visible only then. */
  durable(): Promise<void> {
    return Promise.resolve();
  }

  position(): Position {
    return this.#lane.committed;
  }

  /** The writer was away: what it was told last may have come to pass or not. */
  reconnected(): void {
    this.#lane.forget();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#lane.close();
    await this.#writer.close();
    await this.#pool.end();
  }
}
