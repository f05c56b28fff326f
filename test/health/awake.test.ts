import { expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { runJobs } from '../../src-main/base/supervisor.js';
import { Awake, type Sleep } from '../../src-main/health/awake.js';
import { FakeClock } from '../support/fake-clock.js';

const SECOND = 1000;
const HOUR = 3_600_000;

/** Somebody who watches, and what was noticed. */
async function watching() {
  const clock = new FakeClock();
  const awake = new Awake(clock);
  const sleeps: Sleep[] = [];
  awake.subscribe((sleep) => sleeps.push(sleep));
  const job = runJobs([awake.job], { clock, log: silentLogger });
  await tick();
  return { clock, awake, sleeps, [Symbol.asyncDispose]: () => job.stop() };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('notices by the clock that the computer slept', async () => {
  await using watch = await watching();
  const { clock, sleeps } = watch;
  const from = clock.now();
  clock.advance(8 * HOUR);
  await tick();
  expect(sleeps).toEqual([{ from, to: from + 8 * HOUR }]);
});

it('takes no pause that is short for sleep', async () => {
  await using watch = await watching();
  for (let count = 0; count < 20; count += 1) {
    watch.clock.advance(30 * SECOND);
    await tick();
  }
  expect(watch.sleeps).toEqual([]);
});

it('hears of one sleep once, from the system and from the clock', async () => {
  await using watch = await watching();
  const { clock, awake, sleeps } = watch;
  clock.advance(5 * SECOND);
  const from = clock.now();
  awake.suspending();
  expect(awake.isFallingAsleep).toBe(true);
  clock.jump(2 * HOUR);
  awake.resumed();
  clock.advance(10 * SECOND);
  await tick();
  expect(sleeps).toEqual([{ from, to: from + 2 * HOUR }]);
  expect(awake.isFallingAsleep).toBe(false);
});

it('forgets a sleep that was announced and did not come', async () => {
  await using watch = await watching();
  const { clock, awake, sleeps } = watch;
  awake.suspending();
  for (let count = 0; count < 10; count += 1) {
    clock.advance(10 * SECOND);
    await tick();
  }
  expect(awake.isFallingAsleep).toBe(false);
  expect(sleeps).toEqual([]);
});

it('takes a clock that was set back for no sleep', async () => {
  await using watch = await watching();
  watch.clock.jump(-HOUR);
  watch.clock.advance(10 * SECOND);
  await tick();
  expect(watch.sleeps).toEqual([]);
});
