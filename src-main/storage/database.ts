import type { News, Topic } from './news.js';
import type { Position } from './position.js';
import type { Upkeep } from './upkeep.js';

export type { Position } from './position.js';
export { type DatabaseSize, type Upkeep, UpkeepError } from './upkeep.js';

/** What a column can hold; booleans are 0 and 1, times ms since the epoch, JSON its text. */
export type SqlValue = string | number | null | Uint8Array;
/** What a parameter can be: a value, or a list for `IN TEXTS(?)` and `IN INTS(?)`. */
export type SqlParameter = SqlValue | readonly string[] | readonly number[];

/** SQL text with the types of its parameters and of its rows. Drivers prepare it once and keep it. */
export interface Statement<Parameters extends readonly SqlParameter[], Row> {
  readonly sql: string;
  /** Never present: holds the types. */
  readonly types?: { readonly parameters: Parameters; readonly row: Row };
}

/**
 * One SQL text for both engines: `?` parameters, `ON CONFLICT … DO UPDATE`, `RETURNING`; `x IN TEXTS(?)` and
 * `x IN INTS(?)` take a list; `HAS_WORDS(t, ?)` looks into a full text table. Declare it once, at the top of a store.
 */
export const statement = <Parameters extends readonly SqlParameter[], Row = never>(
  sql: string,
): Statement<Parameters, Row> => ({ sql });

export interface Reader {
  /** All rows. */
  all<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row[]>;
  /** The first row, or undefined. */
  get<P extends readonly SqlParameter[], Row>(statement: Statement<P, Row>, ...parameters: P): Promise<Row | undefined>;
}

/** All or nothing. Never await anything but the transaction itself inside one: all writers wait for it. */
export interface Transaction extends Reader {
  /** Runs a statement that returns no rows; resolves with how many rows it changed. */
  run<P extends readonly SqlParameter[]>(statement: Statement<P, never>, ...parameters: P): Promise<number>;
  /** Runs a statement once for each row of parameters. */
  runMany<P extends readonly SqlParameter[]>(statement: Statement<P, never>, rows: readonly P[]): Promise<void>;
  /** Takes the next position. @param skipped how many to leave free before it, for what is put there later */
  position(skipped?: number): Position;
  /** Says, once committed, that something about `topics` changed: wakes who waits for them, at this transaction's last position. */
  announce(...topics: Topic[]): void;
  /** Calls `then` once this is committed: for caches. It must not throw and must not wait. */
  afterCommit(then: () => void): void;
  /** Calls `then` if this is undone after all, alone or with the whole batch: for caches that later writers read. */
  afterUndo(then: () => void): void;
}

/**
 * The store of everything. Reads outside a transaction see what is committed, including what is not yet on disk:
 * whoever lets something out of the house (a reply, a request to another server) first awaits `durable()`.
 */
export interface Database extends Reader {
  readonly engine: 'sqlite' | 'postgres';
  readonly news: News;
  /**
   * For reads that may take longer than ten milliseconds, such as a search: nobody waits for them but who asked. Rows
   * come from another thread, so ask for few.
   */
  readonly aside: Reader;
  /** undefined: a database server sees to all that by itself */
  readonly upkeep: Upkeep | undefined;
  /**
   * Runs `work` as a transaction; one at a time, in the order given. Transactions that arrive together are committed
   * together. Resolves when what was written is committed and visible, which is before it is on disk.
   *
   * @throws what `work` throws, after undoing what it wrote; StorageError when the store cannot take writes
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Resolves once everything committed until now would survive a power cut; at once when it already would. */
  durable(): Promise<void>;
  /**
   * The last committed position: all changes up to it are visible. Some beyond it may be too, a moment before they are
   * told of: whoever hands out this number reads up to it and not further.
   */
  position(): Position;
  close(): Promise<void>;
}

/** The store itself failed: disk full, disk broken, database gone. Answered as 500 (or 507), never retried blindly. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly kind: 'full' | 'broken' | 'unavailable' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
