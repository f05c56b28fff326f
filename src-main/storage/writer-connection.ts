import type { Position, SqlParameter } from './database.js';

export type Now<T> = T | Promise<T>;

/** The one connection that writes, as the lane drives it. */
export interface WriterConnection {
  begin(): Now<void>;
  /** @param reservation how far positions are reserved from now on, to be stored with the rest */
  commit(reservation: Position | undefined): Now<void>;
  rollback(): Now<void>;
  savepoint(): Now<void>;
  releaseSavepoint(): Now<void>;
  rollbackToSavepoint(): Now<void>;
  all(sql: string, parameters: readonly SqlParameter[]): Now<unknown[]>;
  get(sql: string, parameters: readonly SqlParameter[]): Now<unknown>;
  /** @returns how many rows were changed */
  run(sql: string, parameters: readonly SqlParameter[]): Now<number>;
  runMany(sql: string, rows: readonly (readonly SqlParameter[])[]): Now<void>;
  /** Whether the transaction that was begun still stands: some failures undo it whole. */
  isInTransaction(): boolean;
  /** What an error of the engine means; an error that is not the store's own comes back as it is. */
  translate(error: unknown): unknown;
}
