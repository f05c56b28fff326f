import { expect, it } from 'vitest';
import {
  combineRows,
  MEASURE_NAMES,
  type MeasuredTime,
  type Measures,
  pointsOf,
  spansOf,
} from '../../src-main/health/measures.js';
import { Percentile } from '../../src-main/health/percentile.js';
import type { DaySpan } from '../../src-main/health/records.js';

const MINUTE = 60_000;
const NOTHING = Object.fromEntries(MEASURE_NAMES.map((name) => [name, null])) as Measures;
const row = (minute: number, values: Partial<Measures> = {}, isOnline = true): MeasuredTime => ({
  at: minute * MINUTE,
  isOnline,
  values: { ...NOTHING, ...values },
});

it.each<[string, Partial<Measures>[], Partial<Measures>]>([
  ['takes the mean of messages', [{ messagesLocal: 2 }, { messagesLocal: 4 }], { messagesLocal: 3 }],
  ['takes the most people', [{ connected: 2 }, { connected: 5 }, { connected: 1 }], { connected: 5 }],
  ['takes the longest delay, of what is known', [{ delay: null }, { delay: 900 }], { delay: 900 }],
  ['takes the least room on the disk as the mean', [{ diskFree: 10 }, { diskFree: 20 }], { diskFree: 15 }],
  ['knows nothing where nothing is known', [{}, {}], { memory: null }],
])('%s of an hour', (_case, minutes, hour) => {
  const rows = minutes.map((values, minute) => row(minute, values));
  expect(combineRows(rows, 0).values).toMatchObject(hour);
});

it('puts rows into points, and leaves gaps where there are none', () => {
  const rows = [row(0, { connected: 1 }), row(1, { connected: 3 }), row(6, { connected: 2 })];
  const points = pointsOf(rows, 'connected', { from: 0, step: 2 * MINUTE, count: 4 });
  expect(points).toEqual([3, null, null, 2]);
});

it('leaves out rows from before the first point and after the last', () => {
  const rows = [row(-1, { connected: 9 }), row(0, { connected: 1 }), row(9, { connected: 9 })];
  expect(pointsOf(rows, 'connected', { from: 0, step: MINUTE, count: 2 })).toEqual([1, null]);
});

const span = (state: DaySpan['state'], from: number, to: number): DaySpan => ({
  state,
  from: from * MINUTE,
  to: to * MINUTE,
});

it.each<[string, MeasuredTime[], [number, number][], DaySpan[]]>([
  ['ran all the time', [0, 1, 2, 3].map((minute) => row(minute)), [], [span('up', 0, 4)]],
  [
    'had no network for a while',
    [row(0), row(1, {}, false), row(2), row(3)],
    [],
    [span('up', 0, 1), span('offline', 1, 2), span('up', 2, 4)],
  ],
  ['was stopped', [row(0), row(3)], [], [span('up', 0, 1), span('stopped', 1, 3), span('up', 3, 4)]],
  ['slept', [row(0), row(3)], [[0.5, 3]], [span('up', 0, 1), span('asleep', 1, 3), span('up', 3, 4)]],
  ['did not exist', [row(2), row(3)], [], [span('unknown', 0, 2), span('up', 2, 4)]],
])('tells of a server that %s', (_case, rows, sleeps, expected) => {
  const since = (rows[0]?.at ?? 0) as number;
  const slept = sleeps.map(([from, to]) => ({ from: from * MINUTE, to: to * MINUTE }));
  expect(spansOf(rows, slept, { from: 0, to: 4 * MINUTE, since })).toEqual(expected);
});

it('covers a day that does not begin with a minute, without gaps', () => {
  const spans = spansOf([row(0)], [], { from: 0.4 * MINUTE, to: 2.3 * MINUTE, since: 0 });
  expect(spans).toEqual([span('up', 0.4, 1), span('stopped', 1, 2.3)]);
});

it('says within a fifth what most things took, however many there were', () => {
  const percentile = new Percentile();
  expect(percentile.of(0.95)).toBeUndefined();
  for (let value = 1; value <= 1000; value += 1) percentile.add(value);
  const found = percentile.of(0.95) ?? 0;
  expect(found).toBeGreaterThan(950 / 1.2);
  expect(found).toBeLessThan(950 * 1.2);
  percentile.add(1e12);
  percentile.clear();
  expect(percentile.of(0.5)).toBeUndefined();
});
