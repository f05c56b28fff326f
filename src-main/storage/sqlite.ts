import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import {
  type Database,
  type Position,
  type SqlParameter,
  type Statement,
  StorageError,
  type Transaction,
} from './database.js';
import { type Migration, migrate } from './migrate.js';
import { News } from './news.js';
import { Positions } from './positions.js';
import { reservedPositions } from './reservation.js';
import { SqliteAside } from './sqlite-aside.js';
import { Checkpoints } from './sqlite-checkpoint.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteLock } from './sqlite-lock.js';
import { sqliteMigrationTarget } from './sqlite-migration.js';
import { removeLeftovers, SqliteUpkeep } from './sqlite-upkeep.js';
import { type SyncFile, syncFile, WalSync } from './sqlite-wal.js';
import { type LaneLimits, WriterLane } from './writer-lane.js';

/** Pages (4 KiB) in the WAL from which it is copied into the database: 16 MiB. */
const CHECKPOINT_PAGES = 4000;

export interface SqliteDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly migrations: readonly Migration[];
  /** how many topics `news` remembers */
  readonly mostTopics?: number;
  readonly sync?: SyncFile;
  readonly checkpointPages?: number;
  readonly limits?: Partial<LaneLimits>;
}

/** Opens the database in the file at `path`; see `openDatabase`. */
export async function openSqlite(path: string, deps: SqliteDeps): Promise<SqliteDatabase> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = new SqliteLock(path);
  try {
    await removeLeftovers(path);
    closeSync(openSync(path, 'a', 0o600)); // its WAL gets the same mode
    const writer = new SqliteConnection(path, 'writer');
    try {
      const isClean = writer.startClean();
      await migrate(sqliteMigrationTarget(writer, path), deps.migrations, deps);
      writer.startWal();
      syncFolder(dirname(path));
      return new SqliteDatabase(path, { ...deps, lock, writer, isClean });
    } catch (error) {
      writer.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Makes sure that the names of new files outlive a power cut; Windows does that by itself and cannot be asked. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** One file with its WAL: a connection that writes, and one for reads while a transaction is open. */
export class SqliteDatabase implements Database {
  readonly engine = 'sqlite';
  readonly news: News;
  readonly aside: SqliteAside;
  readonly upkeep: SqliteUpkeep;
  readonly #path: string;
  readonly #lock: SqliteLock;
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection;
  readonly #lane: WriterLane;
  readonly #wal: WalSync;
  readonly #checkpoints: Checkpoints;
  #closed: Promise<void> | undefined;

  constructor(path: string, deps: SqliteDeps & { lock: SqliteLock; writer: SqliteConnection; isClean: boolean }) {
    const { writer, log } = deps;
    const row = writer.get(reservedPositions.sql, []) as { reserved: Position } | undefined;
    const positions = new Positions(row?.reserved ?? 0);
    const onFailure = (error: StorageError) => this.#break(error, log);
    this.news = new News(positions.taken, deps.mostTopics);
    this.aside = new SqliteAside(path);
    this.#path = path;
    this.#lock = deps.lock;
    this.#writer = writer;
    this.#reader = new SqliteConnection(path, 'reader');
    this.#wal = new WalSync(path, { sync: deps.sync ?? syncFile, onFailure });
    if (!deps.isClean) this.#wal.committed();
    this.#lane = new WriterLane({
      connection: writer,
      positions,
      news: this.news,
      log,
      onCommit: () => this.#committed(),
      limits: deps.limits,
    });
    this.#checkpoints = new Checkpoints({
      path,
      threshold: deps.checkpointPages ?? CHECKPOINT_PAGES,
      walPages: () => {
        this.#wal.check();
        return writer.walPages();
      },
      hold: (work) => this.#lane.hold(work),
      onFailure: (error) => this.#wal.fail(error),
      log,
    });
    this.upkeep = new SqliteUpkeep({
      path,
      writer,
      hold: (work) => this.#lane.hold(work),
      checkpoint: () => this.#checkpoints.run(),
      onCommit: () => this.#committed(),
      exchange: (replace) => this.#exchange(replace, log),
    });
  }

  async all<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row[]> {
    const connection = this.#connection();
    try {
      return connection.read(statement.sql, parameters) as Row[];
    } catch (error) {
      throw connection.translate(error);
    }
  }

  async get<P extends readonly SqlParameter[], Row>(
    statement: Statement<P, Row>,
    ...parameters: P
  ): Promise<Row | undefined> {
    const connection = this.#connection();
    try {
      return connection.readFirst(statement.sql, parameters) as Row | undefined;
    } catch (error) {
      throw connection.translate(error);
    }
  }

  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#lane.write(work);
  }

  durable(): Promise<void> {
    return this.#wal.durable();
  }

  position(): Position {
    return this.#lane.committed;
  }

  /** Copies the WAL into the database now; resolves when that has ended. */
  checkpoint(): Promise<void> {
    return this.#checkpoints.run();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The writer's pages stay warm, those of another connection are forgotten at each commit: reads take the first. */
  #connection(): SqliteConnection {
    return this.#writer.isInTransaction() ? this.#reader : this.#writer;
  }

  /**
   * While nobody may write. What is asked meanwhile is asked of a thread or waits: all that closes and opens happens in
   * one go, in which nobody else can run.
   */
  #exchange(replace: () => void, log: Logger): Promise<void> {
    return this.aside.pause(async () => {
      await this.#checkpoints.settled();
      await this.durable();
      this.#wal.letGo();
      this.#reader.close();
      this.#writer.close(); // the last to close copies the WAL, syncs, and removes it
      try {
        syncFolder(dirname(this.#path));
        replace();
        syncFolder(dirname(this.#path));
      } finally {
        this.#reopen(log);
      }
    });
  }

  #reopen(log: Logger): void {
    try {
      this.#writer.open();
      this.#writer.startWal();
      syncFolder(dirname(this.#path));
      this.#reader.open();
      this.#wal.reopen();
    } catch (cause) {
      const error = new StorageError('broken', 'the database could not be opened again', { cause });
      this.#wal.fail(error); // tells the lane too
      log.error('the database could not be opened again', { error: cause });
    }
  }

  #committed(): void {
    this.#wal.committed();
    this.#checkpoints.committed();
  }

  #break(error: StorageError, log: Logger): void {
    if (this.#closed) return;
    log.error('the store is broken: nothing more is written until a restart', { error });
    this.#lane.refuse(error);
  }

  async #close(): Promise<void> {
    await this.aside.close();
    this.upkeep.close();
    await this.#checkpoints.close();
    await this.#lane.close();
    this.#reader.close();
    this.#writer.close(); // the last to close copies and syncs the WAL
    this.#wal.close();
    this.#lock.release();
  }
}
