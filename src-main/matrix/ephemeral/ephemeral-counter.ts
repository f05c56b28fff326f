import type { Clock } from '../../base/clock.js';

/**
 * Counts changes of what is not stored. It begins at the time of the start, so a count of before a restart is lower than
 * all counts since, and whoever comes with one is told everything again; so is one whose count is higher than `now()`,
 * which was given out before the clock was set back.
 */
export class EphemeralCounter {
  #count: number;

  constructor(clock: Clock) {
    this.#count = clock.now();
  }

  now(): number {
    return this.#count;
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }
}
