import { expect, it } from 'vitest';
import { createLogging } from '../../src-main/logging/create-logger.js';
import { LineFilter, type LineWish } from '../../src-main/logging/line-filter.js';
import { SearchError } from '../../src-main/logging/line-search.js';
import { RingSink } from '../../src-main/logging/ring-sink.js';

const filled = (lines: number, write: (log: ReturnType<typeof createLogging>['log']) => void) => {
  const ring = new RingSink({ lines });
  write(createLogging({ level: 'debug', sinks: [ring] }).log);
  return ring;
};
const read = (ring: RingSink, wish: LineWish = {}) => {
  const filter = new LineFilter(wish);
  return ring
    .blocks()
    .filter((block) => filter.mayHave(block))
    .flatMap((block) => filter.choose(block.lines(), block.first));
};
const texts = (ring: RingSink, wish: LineWish) => read(ring, wish).map(({ text }) => text);

it('keeps the newest lines and counts on', () => {
  const ring = filled(80, (log) => {
    for (let n = 1; n <= 205; n += 1) log.child({ part: 'p' }).info(`line ${n}`, { n });
  });
  expect([ring.first, ring.last]).toEqual([121, 205]);
  const lines = read(ring);
  expect(lines[0]).toEqual({
    id: 121,
    time: expect.any(Number),
    level: 'info',
    part: 'p',
    text: 'line 121',
    fields: '{"n":121}',
  });
  expect(lines.map(({ id }) => id)).toEqual(Array.from({ length: 85 }, (_, index) => 121 + index));
});

it('keeps no more bytes than it may, whatever the lines', () => {
  const ring = new RingSink({ lines: 100_000, bytes: 50_000 });
  for (let n = 0; n < 20_000; n += 1) {
    ring.write(JSON.stringify({ level: 'info', time: n, msg: `${Math.sin(n)} ${Math.cos(n)}` }));
  }
  expect(ring.bytes).toBeLessThanOrEqual(50_000);
  expect(ring.last).toBe(20_000);
  expect(ring.first).toBeGreaterThan(1);
});

it('holds 100,000 usual lines in a few megabytes', () => {
  const ring = new RingSink({ lines: 100_000 });
  for (let n = 0; n < 100_000; n += 1) {
    const fields = { request: n.toString(36), method: 'GET', path: '/_matrix/client/v3/sync', status: 200, ms: n % 90 };
    ring.write(JSON.stringify({ level: 'debug', time: 1.7e12 + n, part: 'http', ...fields, msg: 'request' }));
  }
  expect(ring.last - ring.first).toBeGreaterThan(99_000);
  expect(ring.bytes).toBeLessThan(4_000_000);
});

it('tells who listens, until they stop', () => {
  const ring = new RingSink({ lines: 3 });
  let told = 0;
  const stop = ring.subscribe(() => (told += 1));
  ring.write('{}');
  stop();
  ring.write('{}');
  expect(told).toBe(1);
});

it('finds lines by level, part, time and words, and says where the words are', () => {
  const ring = filled(100, (log) => {
    log.child({ part: 'http' }).info('Request answered', { path: '/sync' });
    log.child({ part: 'http' }).child({ part: 'storage' }).error('disk full');
  });
  expect(texts(ring, { levels: ['error'] })).toEqual(['disk full']);
  expect(texts(ring, { part: 'storage' })).toEqual(['disk full']);
  expect(texts(ring, { part: 'http' })).toEqual(['Request answered']);
  expect(texts(ring, { until: 1000 })).toEqual([]);
  expect(read(ring, { text: 'SYNC' })).toMatchObject([{ marks: { text: [], fields: [10, 14] } }]);
  expect(read(ring, { text: 're(q|s)u', isPattern: true })).toMatchObject([{ marks: { text: [0, 4], fields: [] } }]);
  expect(texts(ring, { text: 'sync', keepsOthers: true })).toHaveLength(2);
});

it.each([
  ['server', 'a.test', ['one', 'four']],
  ['person', '@x:a.test', ['two']],
  ['room', '!abcdefghijk:a.test', ['three']],
  ['request', 'req1', ['five']],
] as const)('finds what is about a %s, and not what only looks like it', (kind, value, expected) => {
  const ring = filled(100, (log) => {
    log.info('one', { server: 'a.test' });
    log.info('two', { user: '@x:a.test' });
    log.info('three', { room: '!abcdefghijk:a.test' });
    log.info('four', { url: 'https://a.test/x' });
    log.info('five', { request: 'req1' });
    log.info('six', { server: 'aa.test', user: '@x:a.test.other', other: 'a.tests', request: 'req12' });
  });
  expect(texts(ring, { about: { kind, value } })).toEqual(expected);
});

it('stops a pattern that would take for ever, and refuses what is none', () => {
  const ring = filled(100, (log) => log.info(`${'a'.repeat(200)}!`));
  expect(() => read(ring, { text: '(a+)+$', isPattern: true })).toThrow(SearchError);
  expect(() => new LineFilter({ text: '(', isPattern: true })).toThrow(SearchError);
});
