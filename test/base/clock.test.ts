import { expect, it } from 'vitest';
import { endsWithin, systemClock } from '../../src-main/base/clock.js';
import { Semaphore } from '../../src-main/base/semaphore.js';
import { FakeClock } from '../support/fake-clock.js';

it.each([
  ['well', () => Promise.resolve()],
  ['badly', () => Promise.reject(new Error('no'))],
])('knows of work that ends %s in time, and forgets the limit', async (_how, work) => {
  const clock = new FakeClock();
  expect(await endsWithin(clock, work(), 10)).toBe(true);
  expect(clock.sleeping).toBe(0);
});

it('knows of work that takes too long once it has', async () => {
  const clock = new FakeClock();
  const inTime = endsWithin(clock, new Promise(() => undefined), 10);
  clock.advance(10);
  expect(await inTime).toBe(false);
});

it('rings an alarm in time, unless it is called off before', async () => {
  const rung: string[] = [];
  const callOff = systemClock.alarm(1, () => rung.push('called off'));
  const ringing = new Promise<void>((resolve) =>
    systemClock.alarm(2, () => {
      rung.push('in time');
      resolve();
    }),
  );
  callOff();
  await ringing;
  expect(rung).toEqual(['in time']);
});

it('gives a place in a semaphore back once, however often that is said', async () => {
  const places = new Semaphore(1);
  const leave = await places.enter();
  const entered: string[] = [];
  const second = places.enter().then((then) => {
    entered.push('second');
    return then;
  });
  const third = places.enter().then(() => entered.push('third'));
  leave();
  leave();
  const leaveSecond = await second;
  await Promise.resolve();
  expect(entered).toEqual(['second']);
  leaveSecond();
  await third;
  expect(entered).toEqual(['second', 'third']);
});
