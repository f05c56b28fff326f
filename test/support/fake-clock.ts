import type { Clock, Milliseconds } from '../../src-main/base/clock.js';

interface Sleeper {
  wakeAt: Milliseconds;
  wake(): void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: Milliseconds;

  constructor(start: Milliseconds = Date.UTC(2026, 6, 1, 12)) {
    this.#now = start;
  }

  now(): Milliseconds {
    return this.#now;
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { wakeAt: this.#now + delay, wake: resolve };
      this.#sleepers.add(sleeper);
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (delay <= 0) this.#wake();
    });
  }

  alarm(delay: Milliseconds, ring: () => void): () => void {
    const sleeper = { wakeAt: this.#now + delay, wake: ring };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** How many are asleep: a test can wait for this before it advances. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Lets `ms` pass at once; who sleeps no longer than that wakes, in order. */
  advance(ms: Milliseconds): void {
    this.#now += ms;
    this.#wake();
  }

  /** Somebody sets the time of day, forwards or backwards: who sleeps sleeps on for what was left. */
  jump(ms: Milliseconds): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) sleeper.wakeAt += ms;
  }

  #wake(): void {
    const due = [...this.#sleepers].filter(({ wakeAt }) => wakeAt <= this.#now).sort((a, b) => a.wakeAt - b.wakeAt);
    for (const sleeper of due) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
