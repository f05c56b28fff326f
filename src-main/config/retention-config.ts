import type { Milliseconds } from '../base/clock.js';

/** How long messages are kept. */
export interface RetentionConfig {
  /** what counts for rooms that do not say it themselves; undefined: for ever */
  readonly minLifetime: Milliseconds | undefined;
  readonly maxLifetime: Milliseconds | undefined;
  /** no room's `max_lifetime` counts for less, or for more, when messages are deleted */
  readonly shortestAllowed: Milliseconds | undefined;
  readonly longestAllowed: Milliseconds | undefined;
  /** each looks every `interval` into the rooms whose messages live longer than `shortest`, and up to `longest` */
  readonly purgeJobs: readonly {
    readonly interval: Milliseconds;
    readonly shortest: Milliseconds | undefined;
    readonly longest: Milliseconds | undefined;
  }[];
}
