import type { Position } from './database.js';

/** How many positions one stored reservation covers: what a restart may leave as a gap. */
const BLOCK = 1000;

/**
 * Gives positions out. The database remembers not each one but how far they are reserved; the reservation is renewed
 * in the very transaction that passes it, so whatever outlives a crash outlives it with its reservation.
 */
export class Positions {
  #taken: Position;
  #reserved: Position;

  /** @param reserved as the database has it: all positions up to it may have been given */
  constructor(reserved: Position) {
    this.#taken = reserved;
    this.#reserved = reserved;
  }

  /** @param skipped how many to leave free before it */
  take(skipped = 0): Position {
    this.#taken += skipped + 1;
    return this.#taken;
  }

  /** The last one given. */
  get taken(): Position {
    return this.#taken;
  }

  /** How far to reserve before this transaction may be committed, or undefined when that is done already. */
  get wanted(): Position | undefined {
    return this.#taken > this.#reserved ? this.#taken + BLOCK : undefined;
  }

  /** The reservation up to `reserved` is committed. */
  confirm(reserved: Position): void {
    this.#reserved = reserved;
  }

  /** Nobody knows whether the last reservation was committed: the next transaction makes one anew. */
  forgetReservation(): void {
    this.#reserved = 0;
  }
}
