import { expect, it } from 'vitest';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver } from '../../support/homeserver.js';

const USERINFO = '/_matrix/federation/v1/openid/userinfo';

it('proves to others who a user is, for an hour', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({ clock });
  const alice = await server.register('alice');
  const { body } = await alice.post(`/user/${alice.userId}/openid/request_token`, {});
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    matrix_server_name: 'hearth.test',
    expires_in: 3600,
  });
  const ask = () => server.stranger.get(USERINFO, { access_token: body.access_token });
  expect(await ask()).toEqual({ status: 200, body: { sub: alice.userId } });
  expect((await server.withToken(body.access_token).get('/account/whoami')).status).toBe(401);
  clock.advance(3_600_000);
  expect(await ask()).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
});

it.each([
  ['no token', {}, 'M_MISSING_TOKEN'],
  ['a token of nobody', { access_token: 'x' }, 'M_UNKNOWN_TOKEN'],
])('refuses %s', async (_case, query, errcode) => {
  await using server = await startHomeserver();
  expect(await server.stranger.get(USERINFO, query)).toMatchObject({ status: 401, body: { errcode } });
});

it('does not take an access token for one of these', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  expect((await server.stranger.get(USERINFO, { access_token: alice.accessToken })).status).toBe(401);
});
