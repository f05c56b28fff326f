import { expect, it } from 'vitest';
import { Places } from '../../../../src-main/matrix/federation/sending/places.js';
import { FakeClock } from '../../../support/fake-clock.js';

const turns = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

it('gives the place of one that takes long to others while it goes on', async () => {
  const clock = new FakeClock();
  const places = new Places({ clock, prompt: 1, all: 3, patience: 1_000 });
  const hanging = Promise.withResolvers<string>();
  const ran: string[] = [];
  const slow = places.run(() => hanging.promise);
  const quick = places.run(async () => void ran.push('quick'));
  await turns();
  expect(ran).toEqual([]);
  clock.advance(1_000);
  await quick;
  expect(ran).toEqual(['quick']);
  hanging.resolve('late');
  expect(await slow).toBe('late');
});

it('lets only so many go on', async () => {
  const clock = new FakeClock();
  const places = new Places({ clock, prompt: 1, all: 2, patience: 10 });
  const hanging = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const running = hanging.map(({ promise }) => places.run(() => promise));
  let hasRun = false;
  const third = places.run(async () => void (hasRun = true));
  for (let i = 0; i < 5; i += 1) {
    clock.advance(10);
    await turns();
  }
  expect(hasRun).toBe(false);
  hanging[0]?.resolve();
  await third;
  hanging[1]?.resolve();
  await Promise.all(running);
});

it('fails as the work does', async () => {
  const places = new Places({ clock: new FakeClock(), prompt: 1, all: 1, patience: 10 });
  const failing = () => places.run(() => Promise.reject(new Error('gone')));
  await expect(failing()).rejects.toThrow('gone');
  await expect(failing()).rejects.toThrow('gone');
});
