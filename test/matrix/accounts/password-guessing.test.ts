import { expect, it } from 'vitest';
import { startHomeserver, testConfig } from '../../support/homeserver.js';

it('guesses that arrive together count as if they came one by one', async () => {
  const { rateLimits, passwords } = testConfig('/nowhere');
  const failedAttempts = { perSecond: 0.001, burst: 3 };
  await using one = await startHomeserver({
    config: {
      passwords: { ...passwords, rounds: 9 },
      rateLimits: { ...rateLimits, login: { ...rateLimits.login, failedAttempts } },
    },
  });
  const alice = await one.register('alice');
  const logIn = (password: string) =>
    one.stranger.post('/login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: 'alice' },
      password,
    });
  const guesses = Array.from({ length: 30 }, (_, n) => (n === 29 ? alice.password : `guess ${n}`));
  const statuses = (await Promise.all(guesses.map(logIn))).map(({ status }) => status);
  expect(statuses.filter((status) => status === 403)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(27);
});
