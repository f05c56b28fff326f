import type { Milliseconds } from '../../../base/clock.js';
import type { Throttle } from './throttles.store.js';

const HOUR: Milliseconds = 60 * 60_000;
/** A room that goes on and on is written about once a day. */
export const LONGEST_WAIT = 24 * HOUR;
const GROWTH = 144;
/** After so long a silence a room is news again. */
const RESET_AFTER = 12 * HOUR;

/** When an event may be the reason for an e-mail: a while after it, if it is not read until then. */
export const dueAt = (noticedAt: Milliseconds, throttle: Throttle | undefined, delay: Milliseconds): Milliseconds =>
  Math.max(noticedAt + delay, throttle ? throttle.sentAt + throttle.wait : 0);

/**
 * How long a room waits after an e-mail: at first as long as an event does, and from the second e-mail in one
 * conversation on for a day.
 *
 * @param told when the first and the last event in the e-mail were noticed
 */
export function throttleAfter(
  before: Throttle | undefined,
  told: { readonly first: Milliseconds; readonly last: Milliseconds },
  { now, delay }: { readonly now: Milliseconds; readonly delay: Milliseconds },
): Throttle {
  const isNews = before === undefined || before.wait === 0 || told.first - before.noticedAt > RESET_AFTER;
  const wait = isNews ? delay : Math.min(before.wait * GROWTH, LONGEST_WAIT);
  return { sentAt: now, noticedAt: told.last, wait };
}
