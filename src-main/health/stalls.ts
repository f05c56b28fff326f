import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Milliseconds } from '../base/clock.js';

/** How often the loop is looked at (ms): a timer of the system, so it costs next to nothing. */
const RESOLUTION = 100;
const NANOSECONDS = 1e6;

/** How long the event loop did nothing but one thing, so that everybody waited. */
export class Stalls {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

  start(): void {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram?.disable();
    this.#histogram = undefined;
  }

  /** The longest since the last time it was asked, in ms. */
  take(): Milliseconds {
    const histogram = this.#histogram;
    if (!histogram || histogram.count === 0) return 0;
    const longest = histogram.max / NANOSECONDS - RESOLUTION;
    histogram.reset();
    return Math.max(0, Math.round(longest));
  }
}
