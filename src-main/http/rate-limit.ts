import type { Clock, Milliseconds } from '../base/clock.js';
import type { RateLimit } from '../config/config.js';
import { MatrixError } from '../spec/errors.js';

/** Keys are looked through for those that may be forgotten when this many have come. */
const SWEEP_AFTER = 10_000;

/** How often something may be done, counted for each key: a user, a device, an address. In memory. */
export class RateLimiter {
  /** For each key, when it will have its whole burst again; a key that has it already may be forgotten. */
  readonly #fullAt = new Map<string, Milliseconds>();
  readonly #interval: Milliseconds;
  readonly #clock: Clock;
  readonly #burst: number;
  #nextSweep = SWEEP_AFTER;

  constructor(rate: RateLimit, clock: Clock) {
    this.#interval = rate.perSecond > 0 ? 1000 / rate.perSecond : Number.POSITIVE_INFINITY;
    this.#burst = rate.burst;
    this.#clock = clock;
  }

  /** Counts one more of `key`. @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`, and then nothing is counted */
  take(key: string): void {
    this.check(key);
    this.#fullAt.set(key, Math.max(this.#known(key) ?? 0, this.#clock.now()) + this.#interval);
    if (this.#fullAt.size >= this.#nextSweep) this.#sweep();
  }

  /** Counts nothing: for what is only counted when it failed. @throws MatrixError M_LIMIT_EXCEEDED */
  check(key: string): void {
    const wait = this.#wait(key);
    // Fractions of a millisecond are rounding of the sums, not waiting.
    if (wait >= 1) throw limitExceeded(wait);
  }

  /** How long until `key` may do one more; 0 when it may. */
  #wait(key: string): Milliseconds {
    const fullAt = this.#known(key);
    if (fullAt === undefined) return this.#burst >= 1 ? 0 : this.#interval;
    const now = this.#clock.now();
    return Math.max(fullAt, now) - now - (this.#burst - 1) * this.#interval;
  }

  /** What is further off than a whole burst was counted before the clock was set back, and counts no more. */
  #known(key: string): Milliseconds | undefined {
    const fullAt = this.#fullAt.get(key);
    if (fullAt === undefined) return undefined;
    const furthest = this.#clock.now() + Math.max(1, this.#burst) * this.#interval + 1;
    return fullAt > furthest ? undefined : fullAt;
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    this.#nextSweep = Math.max(SWEEP_AFTER, this.#fullAt.size * 2);
  }
}

const LONGEST_WAIT = 24 * 3600_000;

const limitExceeded = (wait: Milliseconds) =>
  new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many requests', {
    retry_after_ms: Math.ceil(Math.min(wait, LONGEST_WAIT)),
  });
