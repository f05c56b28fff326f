import type { Position, Transaction } from './database.js';

/** A change with its place. */
export interface Change<T> {
  readonly position: Position;
  readonly change: T;
}

/**
 * An ordered record of changes that others follow. A change is written in the transaction of what it announces.
 * `createStream` makes one with a record of its own; a domain whose tables are already ordered (events) gives this
 * interface over them.
 */
export interface Stream<T> {
  readonly name: string;
  /** Up to `limit` changes after `position`, oldest first. */
  after(position: Position, limit: number): Promise<Change<T>[]>;
}

/** A stream that its owner writes to. */
export interface WritableStream<T> extends Stream<T> {
  append(tx: Transaction, change: T): Promise<Position>;
}
