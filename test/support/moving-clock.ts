import { type Clock, type Milliseconds, systemClock } from '../../src-main/base/clock.js';

/** Time that passes as it does, until a test moves it on: who sleeps then sleeps no longer for it. */
export class MovingClock implements Clock {
  #ahead: Milliseconds = 0;

  now(): Milliseconds {
    return systemClock.now() + this.#ahead;
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(delay, signal);
  }

  alarm(delay: Milliseconds, ring: () => void): () => void {
    return systemClock.alarm(delay, ring);
  }

  /** It is later now, by so much. */
  move(ms: Milliseconds): void {
    this.#ahead += ms;
  }
}
