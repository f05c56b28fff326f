import type { Milliseconds } from './clock.js';

/**
 * How long to wait before attempt number `attempt` (0 = first retry): doubling from `first` to `most`.
 *
 * @param jitter a number in [0, 1): spreads the wait over its upper half, so that many do not retry at once
 */
export function backoff(
  attempt: number,
  first: Milliseconds,
  most: Milliseconds,
  jitter = Math.random(),
): Milliseconds {
  const wait = Math.min(most, first * 2 ** Math.min(attempt, 40));
  return Math.round(wait * (0.5 + jitter / 2));
}
