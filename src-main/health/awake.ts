import type { Clock, Milliseconds } from '../base/clock.js';
import type { Job } from '../base/supervisor.js';

/** A time in which the computer slept. */
export interface Sleep {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

const TICK: Milliseconds = 10_000;
/** A timer that comes so much too late, or by a clock that is so much ahead, means that nothing ran meanwhile. */
const JUMP: Milliseconds = 30_000;

/** Notices that the computer slept: whoever is told of it says so, and else the clock that has jumped. */
export class Awake {
  /** Looks at the clock until the server stops. */
  readonly job: Job = { name: 'health.awake', run: (signal) => this.#run(signal) };
  readonly #listeners = new Set<(sleep: Sleep) => void>();
  #fallingAsleep: Milliseconds | undefined;
  #last: Sleep | undefined;
  #seen: Milliseconds;

  constructor(private readonly clock: Clock) {
    this.#seen = clock.now();
  }

  /** The last time that it slept, if it did since the program started. */
  get last(): Sleep | undefined {
    return this.#last;
  }

  /** It is about to sleep. */
  get isFallingAsleep(): boolean {
    return this.#fallingAsleep !== undefined;
  }

  /** Calls `listener` when it woke up, until the returned function is called. */
  subscribe(listener: (sleep: Sleep) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The system says that it goes to sleep. */
  suspending(): void {
    this.#fallingAsleep = this.clock.now();
  }

  /** The system says that it woke up. */
  resumed(): void {
    this.#wokeUp(this.#fallingAsleep ?? this.#seen);
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#seen = this.clock.now();
    while (!signal.aborted) {
      await this.clock.sleep(TICK, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!signal.aborted) this.#look();
    }
  }

  #look(): void {
    const now = this.clock.now();
    const jump = now - this.#seen - TICK;
    if (jump >= JUMP) this.#wokeUp(this.#fallingAsleep ?? this.#seen);
    else if (jump < 0 || this.#fallingAsleep === undefined || now - this.#fallingAsleep > 2 * JUMP) {
      // A sleep that was announced and did not come is over.
      this.#fallingAsleep = undefined;
    }
    this.#seen = now;
  }

  #wokeUp(from: Milliseconds): void {
    const to = this.clock.now();
    this.#fallingAsleep = undefined;
    this.#seen = to;
    // The clock says again what the system has said.
    if (this.#last && from < this.#last.to) return;
    this.#last = { from, to };
    for (const listener of this.#listeners) listener(this.#last);
  }
}
