import type { Clock, Milliseconds } from '../base/clock.js';
import type { RateLimit } from '../config/config.js';
import { MatrixError } from '../spec/errors.js';

/** Keys are looked through for those that may be forgotten when this many have come. */
const SWEEP_AFTER = 10_000;
/** Thirty years: a number, so that sums of it are numbers. */
const NEVER: Milliseconds = 1e12;

/** Keys that are counted in another way, or not at all. */
export interface RateExceptions {
  /** nothing that is done under this key is limited */
  isExempt(key: string): boolean;
  /** how often they may say something in rooms; undefined: as often as all others */
  messageRate(key: string): RateLimit | undefined;
}

/** How often something may be done, counted for each key: a user, a device, an address. In memory. */
export class RateLimiter {
  /** For each key, when it will have its whole burst again; a key that has it already may be forgotten. */
  readonly #fullAt = new Map<string, Milliseconds>();
  readonly #interval: Milliseconds;
  readonly #clock: Clock;
  readonly #burst: number;
  #nextSweep = SWEEP_AFTER;

  /** @param exceptions whom this does not count */
  constructor(
    rate: RateLimit,
    clock: Clock,
    private readonly exceptions?: Pick<RateExceptions, 'isExempt'>,
  ) {
    this.#interval = rate.perSecond > 0 ? Math.min(1000 / rate.perSecond, NEVER) : NEVER;
    this.#burst = rate.burst;
    this.#clock = clock;
  }

  /**
   * Counts one more of `key`, or `count` more that come together.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`, and then nothing is counted
   */
  take(key: string, count = 1): void {
    if (count === 0) return;
    this.check(key, count);
    this.charge(key, count);
  }

  /** As `take`, for what is rather left out than refused. @returns false when it is too much, and then nothing is counted */
  mayTake(key: string): boolean {
    if (this.#wait(key, 1) >= 1) return false;
    this.take(key);
    return true;
  }

  /** Counts `count` more of `key` that were not asked for before, a whole burst at most: later ones wait for them. */
  charge(key: string, count: number): void {
    if (this.exceptions?.isExempt(key)) return;
    const now = this.#clock.now();
    const fullAt = Math.max(this.#known(key) ?? 0, now) + count * this.#interval;
    this.#fullAt.set(key, Math.min(fullAt, now + Math.max(1, this.#burst) * this.#interval));
    if (this.#fullAt.size >= this.#nextSweep) this.#sweep();
  }

  /** Counts nothing: for what is only counted when it failed. @throws MatrixError M_LIMIT_EXCEEDED */
  check(key: string, count = 1): void {
    const wait = this.#wait(key, count);
    // Fractions of a millisecond are rounding of the sums, not waiting.
    if (wait >= 1) throw limitExceeded(wait);
  }

  /** How long until `key` may do `count` more; 0 or less when it may. */
  #wait(key: string, count: number): Milliseconds {
    if (this.exceptions?.isExempt(key)) return 0;
    const missing = (count - this.#burst) * this.#interval;
    const fullAt = this.#known(key);
    if (fullAt === undefined) return count <= this.#burst ? 0 : missing;
    const now = this.#clock.now();
    return Math.max(fullAt, now) - now + missing;
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
