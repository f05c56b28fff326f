import { setImmediate as tick } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { runJobs } from '../../src-main/base/supervisor.js';
import { DatabaseLook } from '../../src-main/health/database-look.js';
import type { Upkeep } from '../../src-main/storage/database.js';
import { FakeClock } from '../support/fake-clock.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A database that is as the test says, and marks that outlive a restart. */
function scene() {
  const clock = new FakeClock();
  const marks = new Map<string, { readonly value: string; readonly at: number }>();
  const it = {
    clock,
    /** what a look finds; undefined: it cannot look */
    found: [] as string[] | undefined,
    looks: [] as number[],
    news: 0,
    async pass(time: number): Promise<void> {
      for (let left = time; left > 0; left -= HOUR) {
        clock.advance(Math.min(left, HOUR));
        await tick();
        await tick();
      }
    },
    /** @returns the look, and what stops it */
    async start() {
      const upkeep: Pick<Upkeep, 'check'> = {
        async check() {
          it.looks.push(clock.now());
          if (!it.found) throw new Error('busy');
          return it.found;
        },
      };
      const look = new DatabaseLook({
        db: { upkeep: upkeep as Upkeep },
        marks: {
          mark: async (name) => marks.get(name),
          setMark: async (name, value, at) => void marks.set(name, { value, at }),
        },
        clock,
        log: silentLogger,
        onChange: () => {
          it.news += 1;
        },
      });
      const running = runJobs([look.job], { clock, log: silentLogger });
      onTestFinished(() => running.stop());
      await tick();
      return { look, stop: () => running.stop() };
    },
  };
  return it;
}

it('looks a day after the first start of all, however often it is started again, and then every week', async () => {
  const it = scene();
  for (let start = 0; start < 3; start += 1) {
    const { look, stop } = await it.start();
    await it.pass(7 * HOUR);
    expect(look.last).toBeUndefined();
    await stop();
  }
  const { look } = await it.start();
  await it.pass(5 * HOUR);
  expect(look.last).toMatchObject({ damage: '' });
  await it.pass(6 * DAY);
  expect(it.looks).toHaveLength(1);
  await it.pass(2 * DAY);
  expect(it.looks).toHaveLength(2);
  expect(it.news).toBe(1);
});

it('knows after a start what it found before', async () => {
  const it = scene();
  it.found = ['row 7 missing from index events_by_room', 'page 9 is never used'];
  const { stop } = await it.start();
  await it.pass(26 * HOUR);
  expect(it.news).toBe(1);
  await stop();
  const again = await it.start();
  expect(again.look.last?.damage).toContain('row 7 missing');
  await it.pass(2 * DAY);
  expect(it.looks).toHaveLength(1);
});

it('tries again within hours when it cannot look', async () => {
  const it = scene();
  it.found = undefined;
  const { look } = await it.start();
  await it.pass(28 * HOUR);
  expect(it.looks.length).toBeGreaterThan(2);
  expect(look.last).toBeUndefined();
  it.found = [];
  await it.pass(3 * HOUR);
  expect(look.last).toMatchObject({ damage: '' });
});
