import type { Milliseconds } from '../base/clock.js';
import type { DaySpan, MeasureName } from './records.js';

/** What was measured of a minute or of an hour; null where it is not known. */
export type Measures = Readonly<Record<MeasureName, number | null>>;

export interface MeasuredTime {
  /** where it begins */
  readonly at: Milliseconds;
  readonly isOnline: boolean;
  readonly values: Measures;
}

export const MEASURE_NAMES: readonly MeasureName[] = [
  'connected',
  'activeRooms',
  'messagesLocal',
  'messagesRemote',
  'delay',
  'memory',
  'diskUsed',
  'diskFree',
  'waitingServers',
  'waitingAge',
  'stall',
];

/** Of these the highest says more than the middle. */
const PEAKS: ReadonlySet<MeasureName> = new Set([
  'connected',
  'activeRooms',
  'delay',
  'memory',
  'diskUsed',
  'waitingServers',
  'waitingAge',
  'stall',
]);

/** One value for several: the highest where that matters, else the mean; null when none is known. */
export function combine(name: MeasureName, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  if (PEAKS.has(name)) return Math.max(...known);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Several rows as one that begins at `at`. */
export function combineRows(rows: readonly MeasuredTime[], at: Milliseconds): MeasuredTime {
  const values = Object.fromEntries(
    MEASURE_NAMES.map((name) => [
      name,
      combine(
        name,
        rows.map((row) => row.values[name]),
      ),
    ]),
  ) as Record<MeasureName, number | null>;
  return { at, isOnline: rows.some(({ isOnline }) => isOnline), values };
}

/** Points of one measure, `step` apart from `from` on; null where no row is. */
export function pointsOf(
  rows: readonly MeasuredTime[],
  name: MeasureName,
  { from, step, count }: { from: Milliseconds; step: Milliseconds; count: number },
): (number | null)[] {
  const buckets: (number | null)[][] = Array.from({ length: count }, () => []);
  for (const row of rows) buckets[Math.floor((row.at - from) / step)]?.push(row.values[name]);
  return buckets.map((values) => combine(name, values));
}

const MINUTE: Milliseconds = 60_000;

/** How the time from `from` to `to` went, of what was measured of it, and of when the computer slept. */
export function spansOf(
  rows: readonly Pick<MeasuredTime, 'at' | 'isOnline'>[],
  sleeps: readonly { readonly from: Milliseconds; readonly to: Milliseconds }[],
  { from, to, since }: { from: Milliseconds; to: Milliseconds; since: Milliseconds },
): DaySpan[] {
  const measured = new Map(rows.map((row) => [Math.floor(row.at / MINUTE), row.isOnline]));
  const stateAt = (at: Milliseconds): DaySpan['state'] => {
    const isOnline = measured.get(Math.floor(at / MINUTE));
    if (isOnline !== undefined) return isOnline ? 'up' : 'offline';
    if (sleeps.some((sleep) => sleep.from < at + MINUTE && sleep.to > at)) return 'asleep';
    return at < since ? 'unknown' : 'stopped';
  };
  const spans: { state: DaySpan['state']; from: Milliseconds; to: Milliseconds }[] = [];
  for (let at = from; at < to; at = (Math.floor(at / MINUTE) + 1) * MINUTE) {
    const state = stateAt(at);
    const end = Math.min((Math.floor(at / MINUTE) + 1) * MINUTE, to);
    const last = spans.at(-1);
    if (last?.state === state) last.to = end;
    else spans.push({ state, from: at, to: end });
  }
  return spans;
}
