import { expect, it } from 'vitest';
import { startHomeserver, testConfig } from '../../support/homeserver.js';

it('strangers cannot begin registrations without end', async () => {
  const { rateLimits } = testConfig('/nowhere');
  await using one = await startHomeserver({
    config: { rateLimits: { ...rateLimits, registration: { perSecond: 0.001, burst: 2 } } },
  });
  const begin = () => one.stranger.post('/register', { username: 'alice', password: 'correct horse' });
  const begun = await begin();
  expect(begun.status).toBe(401);
  for (let n = 1; n < 20; n += 1) expect((await begin()).status).toBe(401);
  expect(await begin()).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
  const auth = { type: 'm.login.dummy', session: begun.body.session };
  expect((await one.stranger.post('/register', { username: 'alice', password: 'correct horse', auth })).status).toBe(
    200,
  );
});
