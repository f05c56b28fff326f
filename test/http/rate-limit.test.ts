import { expect, it } from 'vitest';
import { RateLimiter } from '../../src-main/http/rate-limit.js';
import { FakeClock } from '../support/fake-clock.js';

const limited = (retryAfter: number) =>
  expect.objectContaining({ status: 429, errcode: 'M_LIMIT_EXCEEDED', fields: { retry_after_ms: retryAfter } });

const outcome = (work: () => void): unknown => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return error;
  }
};

it('lets a burst through, then as many as the rate says', () => {
  const clock = new FakeClock();
  const limit = new RateLimiter({ perSecond: 2, burst: 3 }, clock);
  const take = () => outcome(() => limit.take('alice'));
  expect([take(), take(), take()]).toEqual(['taken', 'taken', 'taken']);
  expect(take()).toEqual(limited(500));
  clock.advance(499);
  expect(take()).toEqual(limited(1));
  clock.advance(1);
  expect([take(), take()]).toEqual(['taken', limited(500)]);
  clock.advance(60_000);
  expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', 'taken', limited(500)]);
});

it('counts each key for itself', () => {
  const limit = new RateLimiter({ perSecond: 1, burst: 1 }, new FakeClock());
  limit.take('alice');
  expect(outcome(() => limit.take('bob'))).toBe('taken');
  expect(outcome(() => limit.take('alice'))).toEqual(limited(1000));
});

it('checks without counting', () => {
  const limit = new RateLimiter({ perSecond: 1, burst: 1 }, new FakeClock());
  for (let i = 0; i < 10; i += 1) limit.check('alice');
  limit.take('alice');
  expect(outcome(() => limit.check('alice'))).toEqual(limited(1000));
});

it('never lets anything through at a rate of nothing', () => {
  const limit = new RateLimiter({ perSecond: 0, burst: 0 }, new FakeClock());
  expect(outcome(() => limit.take('alice'))).toEqual(limited(24 * 3600_000));
});

it('remembers everybody who is still waiting, however many come', () => {
  const clock = new FakeClock();
  const limit = new RateLimiter({ perSecond: 0.001, burst: 1 }, clock);
  for (let i = 0; i < 25_000; i += 1) limit.take(`user ${i}`);
  expect(outcome(() => limit.take('user 0'))).toEqual(limited(1_000_000));
});

it('locks nobody out because the clock was set back', () => {
  const clock = new FakeClock();
  const limit = new RateLimiter({ perSecond: 1, burst: 2 }, clock);
  const take = () => outcome(() => limit.take('alice'));
  expect([take(), take(), take()]).toEqual(['taken', 'taken', limited(1000)]);
  clock.jump(-24 * 3600_000);
  expect([take(), take(), take()]).toEqual(['taken', 'taken', limited(1000)]);
});
