import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const PASSWORD = 'correct horse alice';
const ALICE = '@alice:hearth.test';
const { rateLimits, tokens, passwords } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });

const login = (server: TestHomeserver, more: object = {}) =>
  server.stranger.post('/login', {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: 'alice' },
    password: PASSWORD,
    ...more,
  });
const whoami = async (server: TestHomeserver, token: string) =>
  (await server.withToken(token).get('/account/whoami')).status;

describe('signing in', () => {
  let server: TestHomeserver;
  let alice: TestUser;
  beforeAll(async () => {
    server = await startHomeserver();
    alice = await server.register('alice');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('says how one can', async () => {
    const flows = [{ type: 'm.login.password' }, { type: 'm.login.token', get_login_token: true }];
    expect((await server.stranger.get('/login')).body).toEqual({ flows });
  });

  it.each([
    ['the localpart', { identifier: { type: 'm.id.user', user: 'alice' } }],
    ['the whole user id', { identifier: { type: 'm.id.user', user: ALICE } }],
    ['the localpart in capitals', { identifier: { type: 'm.id.user', user: 'ALICE' } }],
    [
      'null for what the client does not care for',
      { device_id: null, initial_device_display_name: null, refresh_token: null },
    ],
    ['the key that older clients use', { identifier: undefined, user: 'alice' }],
  ])('takes %s', async (_case, more) => {
    const { status, body } = await login(server, more);
    expect({ status, body }).toMatchObject({ status: 200, body: { user_id: ALICE, home_server: 'hearth.test' } });
    expect(body.device_id).toMatch(/^[A-Z]{10}$/);
    expect(await whoami(server, body.access_token)).toBe(200);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 403, 'M_FORBIDDEN'],
    ['a password that is far too long', { password: 'x'.repeat(1000) }, 403, 'M_FORBIDDEN'],
    ['nobody', { identifier: { type: 'm.id.user', user: 'nobody' } }, 403, 'M_FORBIDDEN'],
    ['somebody of another server', { identifier: { type: 'm.id.user', user: '@alice:else.test' } }, 403, 'M_FORBIDDEN'],
    [
      'an e-mail address of nobody',
      { identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'a@b.test' } },
      403,
      'M_FORBIDDEN',
    ],
    ['half an address', { identifier: { type: 'm.id.thirdparty', medium: 'email' } }, 400, 'M_INVALID_PARAM'],
    ['an identifier of no known type', { identifier: { type: 'm.id.magic' } }, 400, 'M_INVALID_PARAM'],
    ['no identifier', { identifier: undefined }, 400, 'M_MISSING_PARAM'],
    ['an identifier without user', { identifier: { type: 'm.id.user' } }, 400, 'M_INVALID_PARAM'],
    ['no password', { password: undefined }, 400, 'M_INVALID_PARAM'],
    ['a password that is no string', { password: 7 }, 400, 'M_INVALID_PARAM'],
    ['a type that is not known', { type: 'm.login.magic' }, 400, 'M_UNKNOWN'],
    ['no type', { type: undefined }, 400, 'M_MISSING_PARAM'],
    ['a device id that is no string', { device_id: 7 }, 400, 'M_BAD_JSON'],
    ['the empty device id', { device_id: '' }, 400, 'M_INVALID_PARAM'],
    ['a device name that is too long', { initial_device_display_name: 'x'.repeat(101) }, 400, 'M_TOO_LARGE'],
    ['a login token of nobody', { type: 'm.login.token', token: 'hlt_x' }, 403, 'M_FORBIDDEN'],
    ['no login token', { type: 'm.login.token' }, 400, 'M_INVALID_PARAM'],
  ])('refuses %s', async (_case, more, status, errcode) => {
    expect(await login(server, more)).toMatchObject({ status, body: { errcode } });
  });

  it('says the same of a wrong password and of nobody', async () => {
    const wrong = await login(server, { password: 'wrong' });
    expect(await login(server, { identifier: { type: 'm.id.user', user: 'nobody' } })).toEqual(wrong);
  });

  it('keeps a device that signs in again, with its name, and ends its old session', async () => {
    const device = { device_id: 'LAPTOP', initial_device_display_name: 'Old name' };
    const first = (await login(server, device)).body;
    const second = (await login(server, { ...device, initial_device_display_name: 'New name' })).body;
    expect(await whoami(server, first.access_token)).toBe(401);
    expect(await whoami(server, second.access_token)).toBe(200);
    expect((await alice.get('/devices/LAPTOP')).body.display_name).toBe('Old name');
  });

  it('lets another device in with a login token, once', async () => {
    const path = '/_matrix/client/v1/login/get_token';
    const { session } = (await alice.post(path, {})).body;
    const auth = {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: ALICE },
      password: PASSWORD,
      session,
    };
    const given = await alice.post(path, { auth });
    expect(given).toMatchObject({ status: 200, body: { expires_in_ms: 120_000 } });

    const byToken = { type: 'm.login.token', token: given.body.login_token };
    expect(await server.stranger.post('/login', byToken)).toMatchObject({ status: 200, body: { user_id: ALICE } });
    expect(await server.stranger.post('/login', byToken)).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    expect((await alice.post(path, { auth })).status).toBe(400);
  });

  it('ends one session and its device', async () => {
    const phone = await alice.logIn();
    const tablet = await alice.logIn();
    expect(await phone.post('/logout')).toEqual({ status: 200, body: {} });
    expect(await phone.get('/account/whoami')).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
    expect((await tablet.get(`/devices/${phone.deviceId}`)).status).toBe(404);
    expect((await tablet.get('/account/whoami')).status).toBe(200);
  });

  it('ends a session for requests that come at the same moment', async () => {
    const phone = await alice.logIn();
    const ask = () => phone.get('/account/whoami');
    const asking = Array.from({ length: 20 }, ask);
    await phone.post('/logout');
    expect((await ask()).status).toBe(401);
    await Promise.all(asking);
    expect((await ask()).status).toBe(401);
  });

  it('ends all sessions', async () => {
    const bob = await server.register('bob');
    const phone = await bob.logIn();
    expect((await phone.post('/logout/all')).status).toBe(200);
    for (const client of [bob, phone]) expect((await client.get('/account/whoami')).status).toBe(401);
    expect((await (await bob.logIn()).get('/devices')).body.devices).toHaveLength(1);
  });

  it.each(['/logout', '/logout/all'])('%s wants a token', async (path) => {
    expect(await server.stranger.post(path)).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
    expect(await server.withToken('nobodys').post(path)).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNKNOWN_TOKEN' },
    });
  });
});

describeEachDatabase('refreshing', (databases) => {
  const start = async (config = {}) => {
    const clock = new FakeClock();
    const server = await startHomeserver({ clock, config, database: await databases.create() });
    await server.register('alice');
    const refresh = (refreshToken: string) => server.stranger.post('/refresh', { refresh_token: refreshToken });
    const { body: session } = await login(server, { refresh_token: true, device_id: 'PHONE' });
    return { server, clock, refresh, session };
  };

  it('gives another pair; the old one counts until the new one is used', async () => {
    const { server, refresh, session } = await start();
    await using _ = server;
    const next = await refresh(session.refresh_token);
    expect(next).toMatchObject({ status: 200, body: { expires_in_ms: 300_000 } });
    expect(await whoami(server, session.access_token)).toBe(200);

    const again = await refresh(session.refresh_token);
    expect(again.status).toBe(200);
    expect(await whoami(server, next.body.access_token)).toBe(401);
    expect(await whoami(server, again.body.access_token)).toBe(200);

    expect(await whoami(server, session.access_token)).toBe(401);
    const spent = await refresh(session.refresh_token);
    expect(spent).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
    expect(await whoami(server, again.body.access_token)).toBe(200);
  });

  it('ends the old pair also when only the new refresh token is used', async () => {
    const { server, refresh, session } = await start();
    await using _ = server;
    const second = (await refresh(session.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect(await whoami(server, session.access_token)).toBe(401);
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect(await whoami(server, third.access_token)).toBe(200);
  });

  it('lets access tokens expire softly', async () => {
    const { server, clock, refresh, session } = await start();
    await using _ = server;
    clock.advance(299_999);
    expect(await whoami(server, session.access_token)).toBe(200);
    clock.advance(1);
    const body = { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true };
    expect(await server.withToken(session.access_token).get('/account/whoami')).toMatchObject({ status: 401, body });
    const next = (await refresh(session.refresh_token)).body;
    expect(await server.withToken(next.access_token).get('/account/whoami')).toMatchObject({
      status: 200,
      body: { device_id: 'PHONE' },
    });
  });

  it('ends a session that nobody refreshed in time', async () => {
    const { server, clock, refresh, session } = await start({ tokens: { ...tokens, refreshLifetime: 600_000 } });
    await using _ = server;
    clock.advance(600_000);
    expect(await refresh(session.refresh_token)).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
  });

  it('ends a session after its lifetime, refreshed or not', async () => {
    const { server, clock, refresh, session } = await start({ tokens: { ...tokens, sessionLifetime: 400_000 } });
    await using _ = server;
    clock.advance(200_000);
    const next = (await refresh(session.refresh_token)).body;
    expect(next.expires_in_ms).toBe(200_000);
    clock.advance(200_000);
    expect(await whoami(server, next.access_token)).toBe(401);
    expect((await refresh(next.refresh_token)).status).toBe(401);
  });

  it('ends with the device', async () => {
    const { server, refresh, session } = await start();
    await using _ = server;
    await server.withToken(session.access_token).post('/logout');
    expect((await refresh(session.refresh_token)).status).toBe(401);
  });

  it('is remembered over a restart', async () => {
    const { server, refresh, session } = await start();
    await using _ = server;
    const next = (await refresh(session.refresh_token)).body;
    await server.restart();
    expect(await whoami(server, next.access_token)).toBe(200);
    expect(await whoami(server, session.access_token)).toBe(401);
  });
});

it.each([
  ['a refresh token of nobody', { refresh_token: 'hrt_x' }, 401, 'M_UNKNOWN_TOKEN'],
  ['no refresh token', {}, 400, 'M_MISSING_PARAM'],
  ['a refresh token that is no string', { refresh_token: 7 }, 400, 'M_BAD_JSON'],
])('refuses to refresh %s', async (_case, body, status, errcode) => {
  await using server = await startHomeserver();
  expect(await server.stranger.post('/refresh', body)).toMatchObject({ status, body: { errcode } });
});

it('does not take an access token for a refresh token, nor the other way', async () => {
  await using server = await startHomeserver();
  await server.register('alice');
  const { body } = await login(server, { refresh_token: true });
  expect((await server.stranger.post('/refresh', { refresh_token: body.access_token })).status).toBe(401);
  expect(await whoami(server, body.refresh_token)).toBe(401);
});

it('limits the life of tokens that cannot be refreshed, where the configuration says so', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({
    clock,
    config: { tokens: { ...tokens, nonRefreshableAccessLifetime: 1000 } },
  });
  await server.register('alice');
  const { body } = await login(server);
  expect(body.expires_in_ms).toBe(1000);
  clock.advance(1000);
  expect(await whoami(server, body.access_token)).toBe(401);
});

it('lets a login token expire', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({ clock });
  const alice = await server.register('alice');
  const auth = { type: 'm.login.password', user: 'alice', password: PASSWORD };
  const { body } = await alice.post('/_matrix/client/v1/login/get_token', { auth });
  clock.advance(120_000);
  const reply = await server.stranger.post('/login', { type: 'm.login.token', token: body.login_token });
  expect(reply).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('signs in by an e-mail address that belongs to the account, however it is written', async () => {
  await using server = await startHomeserver();
  await server.register('alice');
  const { ThirdPartyIdStore } = await import('../../../src-main/matrix/accounts/third-party-ids.store.js');
  const id = { medium: 'email', address: 'alice@mail.test', validatedAt: 1, addedAt: 2 } as const;
  await server.homeserver.db.write((tx) => new ThirdPartyIdStore().insert(tx, ALICE, id));
  const { body } = await login(server, {
    identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'Alice@Mail.test' },
  });
  expect(body.user_id).toBe(ALICE);
  const listed = { medium: 'email', address: 'alice@mail.test', validated_at: 1, added_at: 2 };
  expect((await server.withToken(body.access_token).get('/account/3pid')).body).toEqual({ threepids: [listed] });
});

it('hashes an outdated password anew when it is at hand', async () => {
  await using server = await startHomeserver();
  await server.register('alice');
  const hash = async () => (await server.homeserver.accounts.users.get(ALICE))?.passwordHash;
  expect(await hash()).toMatch(/^\$2b\$04\$/);
  await server.restart({ passwords: { ...passwords, rounds: 5 } });
  expect((await login(server)).status).toBe(200);
  expect(await hash()).toMatch(/^\$2b\$05\$/);
  expect((await login(server)).status).toBe(200);
});

it('tells clients at sign-in where the server is', async () => {
  await using server = await startHomeserver({ config: { publicBaseUrl: 'https://matrix.hearth.test/' } });
  await server.register('alice');
  expect((await login(server)).body.well_known).toEqual({
    'm.homeserver': { base_url: 'https://matrix.hearth.test/' },
  });
});

it('takes no passwords where there are none', async () => {
  await using server = await startHomeserver();
  await server.register('alice');
  await server.restart({ passwords: { ...passwords, enabled: false } });
  expect((await server.stranger.get('/login')).body.flows).toEqual([{ type: 'm.login.token', get_login_token: true }]);
  expect(await login(server)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('slows down who guesses a password, and says until when', async () => {
  const clock = new FakeClock();
  const loginLimits = { ...rateLimits.login, address: { perSecond: 1e6, burst: 1e6 } };
  await using server = await startHomeserver({ clock, config: { rateLimits: { ...rateLimits, login: loginLimits } } });
  await server.register('alice');
  for (let i = 0; i < 3; i += 1) expect((await login(server, { password: 'guess' })).status).toBe(403);
  const refused = await login(server);
  expect(refused).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
  clock.advance(refused.body.retry_after_ms);
  expect((await login(server)).status).toBe(200);
});

it('limits sign-ins from one address', async () => {
  const clock = new FakeClock();
  const loginLimits = { ...rateLimits.login, address: { perSecond: 0.003, burst: 5 } };
  await using server = await startHomeserver({ clock, config: { rateLimits: { ...rateLimits, login: loginLimits } } });
  await server.register('alice');
  for (let i = 0; i < 5; i += 1) expect((await login(server)).status).toBe(200);
  expect((await login(server)).status).toBe(429);
});

describe('accounts that an administrator locked', () => {
  it('can do nothing but sign out, softly, until they are unlocked', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    const phone = await alice.logIn();
    expect((await alice.get('/devices')).status).toBe(200);
    const { users } = server.homeserver.accounts;
    await users.setFlag(ALICE, 'isLocked', true);
    const locked = { status: 401, body: { errcode: 'M_USER_LOCKED', soft_logout: true } };
    expect(await alice.get('/devices')).toMatchObject(locked);
    expect(await login(server)).toMatchObject(locked);
    expect((await phone.post('/logout')).status).toBe(200);
    await users.setFlag(ALICE, 'isLocked', false);
    expect((await alice.get('/devices')).status).toBe(200);
  });
});

it('makes an administrator of somebody who is signed in', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const list = () => alice.get('/_synapse/admin/v1/registration_tokens');
  expect(await list()).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  await server.homeserver.accounts.users.setFlag(ALICE, 'isAdmin', true);
  expect((await list()).status).toBe(200);
  await server.homeserver.accounts.users.setFlag(ALICE, 'isAdmin', false);
  expect((await list()).status).toBe(403);
});
