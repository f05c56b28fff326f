import type { Position } from './position.js';

interface Entry<T> {
  readonly position: Position;
  readonly value: T;
  readonly size: number;
}

/**
 * The newest rows of a table that grows at its end, as they were written: who reads near the end needs no database. Give
 * it each row once that is committed, in the order of their positions.
 */
export class Tail<T> {
  readonly #entries: Entry<T>[] = [];
  #size = 0;
  /** nothing is missing after it; undefined while nothing is known */
  #start: Position | undefined;

  /** @param most entries kept, and the sum of their sizes */
  constructor(private readonly most: { readonly entries: number; readonly size: number }) {}

  add(position: Position, value: T, size = 0): void {
    // What came before the first is for the table to tell.
    this.#start ??= position - 1;
    this.#entries.push({ position, value, size });
    this.#size += size;
    while (this.#entries.length > this.most.entries || this.#size > this.most.size) this.#dropOldest();
  }

  /** Up to `limit` after `position`, oldest first; undefined where only the table knows. */
  after(position: Position, limit: number): T[] | undefined {
    if (this.#start === undefined || position < this.#start) return undefined;
    let first = this.#entries.length;
    while (first > 0 && (this.#entries[first - 1]?.position ?? 0) > position) first -= 1;
    return this.#entries.slice(first, first + limit).map(({ value }) => value);
  }

  /** Nothing is known any more: rows changed, or nobody knows what was committed. */
  clear(): void {
    this.#entries.length = 0;
    this.#size = 0;
    this.#start = undefined;
  }

  #dropOldest(): void {
    const oldest = this.#entries.shift();
    if (!oldest) return;
    this.#start = oldest.position;
    this.#size -= oldest.size;
  }
}
