import { type Database, type Position, statement, type Transaction } from './database.js';
import { streamTopic } from './news.js';

/** A change with its place. */
export interface Change<T> {
  readonly position: Position;
  readonly change: T;
}

/**
 * An ordered record of changes that others follow. A change is written in the transaction of what it announces.
 * `createStream` makes one with a record of its own; a domain whose tables are already ordered (events) gives this
 * interface over them. Announced under `streamTopic(name)`.
 */
export interface Stream<T> {
  readonly name: string;
  /** Up to `limit` changes after `position`, oldest first; fewer only when there are no more now. */
  after(position: Position, limit: number): Promise<Change<T>[]>;
  /** Present when the record is kept for its followers only: `follower` will come and must not miss anything. */
  expect?(follower: string): void;
  /** Present when the record is kept for its followers only: `follower` needs nothing up to `position` any more. */
  release?(follower: string, position: Position): Promise<void>;
}

/** A stream that its owner writes to. */
export interface WritableStream<T> extends Stream<T> {
  /** Writes `change`, which must survive JSON, as part of `tx`, and announces it. */
  append(tx: Transaction, change: T): Promise<Position>;
}

/** Changes that all followers have handled before any are deleted: not one small deletion for each change. */
const TRIM_FROM = 1000;

const add = statement<[string, Position, string]>(`
  INSERT INTO changes (stream, position, change) VALUES (?, ?, ?)
`);
const list = statement<[string, Position, number], { position: Position; change: string }>(`
  SELECT position, change FROM changes WHERE stream = ? AND position > ? ORDER BY position LIMIT ?
`);
const trim = statement<[string, Position]>(`
  DELETE FROM changes WHERE stream = ? AND position <= ?
`);

/**
 * A stream with a record of its own. A change is forgotten once every follower has handled it, so what must stay
 * readable belongs in tables of its domain.
 *
 * @param name unique, and the same for ever
 */
export function createStream<T>(db: Database, name: string): WritableStream<T> {
  const released = new Map<string, Position>();
  let trimmed: Position = 0;
  let handled = 0;
  return {
    name,
    async append(tx, change) {
      const position = tx.position();
      await tx.run(add, name, position, JSON.stringify(change));
      tx.announce(streamTopic(name));
      return position;
    },
    async after(position, limit) {
      const rows = await db.all(list, name, position, limit);
      handled += rows.length;
      return rows.map((row) => ({ position: row.position, change: JSON.parse(row.change) as T }));
    },
    expect(follower) {
      released.set(follower, released.get(follower) ?? 0);
    },
    async release(follower, position) {
      released.set(follower, position);
      const slowest = Math.min(...released.values());
      if (slowest <= trimmed || handled < TRIM_FROM) return;
      handled = 0;
      trimmed = slowest;
      await db.write((tx) => tx.run(trim, name, slowest));
    },
  };
}
