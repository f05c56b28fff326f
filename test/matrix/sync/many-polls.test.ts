import { expect, it } from 'vitest';
import { startHomeserver } from '../../support/homeserver.js';

it.each(['/sync', '/events'])('whoever polls %s too often at once gets an answer to the oldest poll', async (path) => {
  await using one = await startHomeserver();
  const [alice, bob] = [await one.register('alice'), await one.register('bob')];
  const poll = async (user: typeof alice, since: string) => {
    const { status } = await user.get(path, { since, from: since, timeout: 60_000 });
    return status;
  };
  const { next_batch: since } = await alice.sync();
  const { next_batch: bobsSince } = await bob.sync();
  let bobIsAnswered = false;
  const bobs = poll(bob, bobsSince).finally(() => (bobIsAnswered = true));
  let answered = 0;
  const polls = Array.from({ length: 60 }, () => poll(alice, since).finally(() => (answered += 1)));
  await Promise.race(polls);
  await expect.poll(() => answered).toBe(10);
  expect(bobIsAnswered).toBe(false);
  await alice.createRoom();
  await bob.createRoom();
  expect(new Set(await Promise.all([...polls, bobs]))).toEqual(new Set([200]));
});
