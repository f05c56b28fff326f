import { type Clock, type Milliseconds, systemClock } from '../base/clock.js';

/** A part of the server that tells more than the rest for a while. */
export interface DebuggedPart {
  readonly part: string;
  readonly until: Milliseconds;
}

const MOST_PARTS = 20;

/** Parts that log every detail until a time that always comes: nobody has to remember to turn it off. */
export class DebuggedParts {
  readonly #until = new Map<string, Milliseconds>();

  constructor(private readonly clock: Clock = systemClock) {}

  /** Cheap where there are none: called for every line that would not be written. */
  has(part: string): boolean {
    if (this.#until.size === 0) return false;
    const until = this.#until.get(part);
    return until !== undefined && until > this.clock.now();
  }

  /** Those that are on. */
  list(): DebuggedPart[] {
    this.#forgetOver();
    return [...this.#until].map(([part, until]) => ({ part, until }));
  }

  /** @returns false when there are too many already */
  begin(part: string, length: Milliseconds): boolean {
    this.#forgetOver();
    if (this.#until.size >= MOST_PARTS && !this.#until.has(part)) return false;
    this.#until.set(part, this.clock.now() + length);
    return true;
  }

  end(part: string): void {
    this.#until.delete(part);
  }

  #forgetOver(): void {
    for (const [part, until] of this.#until) if (until <= this.clock.now()) this.#until.delete(part);
  }
}
