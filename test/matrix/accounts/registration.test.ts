import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';

const dummy = { type: 'm.login.dummy' };
const register = (server: TestHomeserver, body: object, query = {}) => server.stranger.post('/register', body, query);
const { registration: closed } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
const withToken = { registration: { ...closed, enabled: true, requiresToken: true } };

describeEachDatabase('registration', (databases) => {
  it('makes an account with a device once the asked stages are done', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const asked = await register(server, { username: 'Alice', password: 'tomato soup' });
    expect(asked).toEqual({
      status: 401,
      body: { session: expect.any(String), flows: [{ stages: ['m.login.dummy'] }], params: {} },
    });

    const auth = { ...dummy, session: asked.body.session };
    const made = await register(server, { username: 'Alice', password: 'tomato soup', device_id: 'PHONE', auth });
    expect(made).toMatchObject({
      status: 200,
      body: { user_id: '@alice:hearth.test', device_id: 'PHONE', home_server: 'hearth.test' },
    });
    expect(made.body).not.toHaveProperty('refresh_token');

    const alice = server.withToken(made.body.access_token);
    const whoami = { user_id: '@alice:hearth.test', device_id: 'PHONE', is_guest: false };
    expect(await alice.get('/account/whoami')).toEqual({ status: 200, body: whoami });
    expect((await alice.get(`/profile/@alice:hearth.test`)).body).toEqual({ displayname: 'alice' });
  });

  it('gives a name to one of many who want it at once', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const body = { username: 'alice', password: 'tomato soup', auth: dummy };
    const replies = await Promise.all(Array.from({ length: 8 }, () => register(server, body)));
    const codes = replies.map((reply) => reply.body.errcode ?? reply.status);
    expect(codes.sort()).toEqual([200, ...Array<string>(7).fill('M_USER_IN_USE')]);
  });

  it('keeps accounts over a restart', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    await server.restart();
    expect((await alice.get('/account/whoami')).status).toBe(200);
    expect((await register(server, { username: 'alice', password: 'x', auth: dummy })).body.errcode).toBe(
      'M_USER_IN_USE',
    );
  });
});

it('gives the same account again for the same finished session, since a reply may be lost', async () => {
  await using server = await startHomeserver();
  const { body: asked } = await register(server, { username: 'alice', password: 'tomato soup' });
  const body = { username: 'alice', password: 'tomato soup', auth: { ...dummy, session: asked.session } };
  const [first, second] = [await register(server, body), await register(server, body)];
  expect(second).toMatchObject({ status: 200, body: { user_id: '@alice:hearth.test' } });
  expect(second.body.device_id).not.toBe(first.body.device_id);
});

it('remembers name and password for a client that says them only at first', async () => {
  await using server = await startHomeserver();
  const { body: asked } = await register(server, { username: 'alice', password: 'tomato soup' });
  const made = await register(server, { auth: { ...dummy, session: asked.session } });
  expect(made).toMatchObject({ status: 200, body: { user_id: '@alice:hearth.test' } });
  const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password: 'tomato soup' };
  expect((await server.stranger.post('/login', login)).status).toBe(200);
});

it('chooses a name for those who want none', async () => {
  await using server = await startHomeserver();
  const { body } = await register(server, { password: 'tomato soup', auth: dummy });
  expect(body.user_id).toMatch(/^@[a-z]{12}:hearth\.test$/);
});

it('takes null for what the client does not care for', async () => {
  await using server = await startHomeserver();
  const nothing = { device_id: null, initial_device_display_name: null, inhibit_login: null, auth: null };
  const { session } = (await register(server, { username: null, password: null, ...nothing })).body;
  const made = await register(server, { username: 'alice', password: 'x', ...nothing, auth: { ...dummy, session } });
  expect(made).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
});

it('signs nobody in who does not want it', async () => {
  await using server = await startHomeserver();
  const { body } = await register(server, { username: 'alice', password: 'x', auth: dummy, inhibit_login: true });
  expect(body).toEqual({ user_id: '@alice:hearth.test', home_server: 'hearth.test' });
});

it('gives a refresh token to clients that can use one', async () => {
  await using server = await startHomeserver();
  const { body } = await register(server, { username: 'alice', password: 'x', auth: dummy, refresh_token: true });
  expect(body).toMatchObject({ refresh_token: expect.any(String), expires_in_ms: 300_000 });
});

describe('what is refused', () => {
  let server: TestHomeserver;
  beforeAll(async () => {
    server = await startHomeserver();
    await server.register('bob');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['a name with a space', { username: 'al ice' }, 400, 'M_INVALID_USERNAME'],
    ['a name with a colon', { username: 'al:ice' }, 400, 'M_INVALID_USERNAME'],
    ['a name of letters that are not Latin', { username: 'алиса' }, 400, 'M_INVALID_USERNAME'],
    ['the empty name', { username: '' }, 400, 'M_INVALID_USERNAME'],
    ['a name for bridges', { username: '_irc_bob' }, 400, 'M_INVALID_USERNAME'],
    ['a name for guests', { username: '12345' }, 400, 'M_INVALID_USERNAME'],
    ['a name that is too long', { username: 'a'.repeat(255) }, 400, 'M_INVALID_USERNAME'],
    ['a name that is taken, in capitals', { username: 'BOB' }, 400, 'M_USER_IN_USE'],
    ['a name that is no string', { username: 7 }, 400, 'M_BAD_JSON'],
    ['a password that is no string', { password: ['x'] }, 400, 'M_BAD_JSON'],
    ['the empty password', { password: '' }, 400, 'M_WEAK_PASSWORD'],
    ['auth that is no object', { auth: 'dummy' }, 400, 'M_BAD_JSON'],
    ['auth of a type that is not known', { auth: { type: 'm.login.magic' } }, 400, 'M_UNKNOWN'],
    ['auth of the type of another flow', { auth: { type: 'm.login.password' } }, 400, 'M_INVALID_PARAM'],
    ['a session that there is not', { auth: { ...dummy, session: 'x' } }, 400, 'M_UNKNOWN'],
    ['a device name that is too long', { initial_device_display_name: 'x'.repeat(101) }, 400, 'M_TOO_LARGE'],
    ['a device id that is too long', { device_id: 'x'.repeat(513) }, 400, 'M_INVALID_PARAM'],
    ['no password at all', { password: undefined }, 400, 'M_MISSING_PARAM'],
    ['a body that is too large', { more: 'x'.repeat(70_000) }, 413, 'M_TOO_LARGE'],
  ])('%s', async (_case, body, status, errcode) => {
    const reply = await register(server, { username: 'alice', password: 'tomato soup', auth: dummy, ...body });
    expect(reply).toMatchObject({ status, body: { errcode } });
    if (errcode !== 'M_USER_IN_USE') {
      expect((await server.stranger.get('/register/available', { username: 'alice' })).status).toBe(200);
    }
  });

  it.each([
    ['guests', 'guest', 403, 'M_GUEST_ACCESS_FORBIDDEN'],
    ['other kinds', 'robot', 404, 'M_UNRECOGNIZED'],
  ])('%s', async (_case, kind, status, errcode) => {
    expect(await register(server, {}, { kind })).toMatchObject({ status, body: { errcode } });
  });

  it('a weak password, by the policy', async () => {
    const { passwords } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
    const config = { passwords: { ...passwords, rounds: 4, policy: { ...passwords.policy, minimumLength: 12 } } };
    await using server = await startHomeserver({ config });
    const reply = await register(server, { username: 'alice', password: 'short', auth: dummy });
    expect(reply).toMatchObject({ status: 400, body: { errcode: 'M_WEAK_PASSWORD' } });
  });

  it('strangers, where registration is closed', async () => {
    await using server = await startHomeserver({ config: { registration: closed } });
    const body = { errcode: 'M_FORBIDDEN', error: 'Registration has been disabled' };
    expect(await register(server, { username: 'alice', password: 'x', auth: dummy })).toEqual({ status: 403, body });
    expect(await server.stranger.get('/register/available', { username: 'alice' })).toEqual({ status: 403, body });
    const validity = '/_matrix/client/v1/register/m.login.registration_token/validity';
    expect(await server.stranger.get(validity, { token: 'x' })).toEqual({ status: 403, body });
  });

  it('strangers, where registration is on but nothing is asked of them and nobody said that this is meant', async () => {
    await using server = await startHomeserver({ config: { registration: { ...closed, enabled: true } } });
    expect((await register(server, { username: 'alice', password: 'x', auth: dummy })).status).toBe(403);
  });

  it('too many accounts from one address', async () => {
    const clock = new FakeClock();
    const { rateLimits } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
    await using server = await startHomeserver({ clock, config: { rateLimits } });
    for (const name of ['a', 'b', 'c']) await server.register(name);
    const fourth = await register(server, { username: 'd', password: 'x', auth: dummy });
    expect(fourth).toMatchObject({
      status: 429,
      body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: expect.any(Number) },
    });
    clock.advance(fourth.body.retry_after_ms);
    expect((await register(server, { username: 'd', password: 'x', auth: dummy })).status).toBe(200);
  });
});

describe('availability', () => {
  let server: TestHomeserver;
  beforeAll(async () => {
    server = await startHomeserver();
    await server.register('bob');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['a free name', 'alice', 200, undefined],
    ['a free name in capitals', 'ALICE', 200, undefined],
    ['a taken name', 'bob', 400, 'M_USER_IN_USE'],
    ['a wrong name', 'a b', 400, 'M_INVALID_USERNAME'],
    ['no name', undefined, 400, 'M_MISSING_PARAM'],
  ])('of %s', async (_case, username, status, errcode) => {
    const reply = await server.stranger.get('/register/available', { username });
    expect(reply).toMatchObject({ status, body: errcode ? { errcode } : { available: true } });
  });
});

describe('with a registration token', () => {
  it('asks for the token and then lets somebody in', async () => {
    await using server = await startHomeserver({ config: withToken });
    await server.homeserver.accounts.registrationTokens.create({ token: 'welcome', usesAllowed: 1 });
    const wish = { username: 'alice', password: 'tomato soup' };
    const asked = await register(server, wish);
    expect(asked.body.flows).toEqual([{ stages: ['m.login.registration_token', 'm.login.dummy'] }]);
    const { session } = asked.body;

    const wrong = await register(server, {
      ...wish,
      auth: { type: 'm.login.registration_token', token: 'wrong', session },
    });
    expect(wrong).toMatchObject({ status: 401, body: { errcode: 'M_FORBIDDEN', session } });
    expect(wrong.body).not.toHaveProperty('completed');

    const shown = await register(server, {
      ...wish,
      auth: { type: 'm.login.registration_token', token: 'welcome', session },
    });
    expect(shown).toMatchObject({ status: 401, body: { completed: ['m.login.registration_token'] } });
    expect(shown.body).not.toHaveProperty('errcode');

    expect((await register(server, { ...wish, auth: { ...dummy, session } })).status).toBe(200);
    expect(await server.homeserver.accounts.registrationTokens.get('welcome')).toMatchObject({
      pending: 0,
      completed: 1,
    });
  });

  it('lets nobody in who leaves the token out', async () => {
    await using server = await startHomeserver({ config: withToken });
    const reply = await register(server, { username: 'alice', password: 'x', auth: dummy });
    expect(reply).toMatchObject({ status: 401, body: { completed: ['m.login.dummy'] } });
  });

  it('keeps a use for whoever showed the token, until the session ends', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config: withToken });
    await server.homeserver.accounts.registrationTokens.create({ token: 'once', usesAllowed: 1 });
    const show = () => register(server, { auth: { type: 'm.login.registration_token', token: 'once' } });
    expect((await show()).body.completed).toEqual(['m.login.registration_token']);
    expect((await show()).body.errcode).toBe('M_FORBIDDEN');
    clock.advance(3_600_001);
    await expect.poll(async () => (await show()).body.completed).toEqual(['m.login.registration_token']);
  });

  it('counts a token once, however often a session shows it', async () => {
    await using server = await startHomeserver({ config: withToken });
    const tokens = server.homeserver.accounts.registrationTokens;
    await tokens.create({ token: 'twice', usesAllowed: 2 });
    const { session } = (await register(server, {})).body;
    const auth = { type: 'm.login.registration_token', token: 'twice', session };
    await Promise.all([register(server, { auth }), register(server, { auth }), register(server, { auth })]);
    expect((await tokens.get('twice')).pending).toBe(1);
  });

  it('tells whether a token is valid', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config: withToken });
    const tokens = server.homeserver.accounts.registrationTokens;
    await tokens.create({ token: 'soon-over', expiresAt: clock.now() + 1000 });
    await tokens.create({ token: 'used-up', usesAllowed: 0 });
    await tokens.create({ token: 'good' });
    const isValid = async (token: string) =>
      (await server.stranger.get('/_matrix/client/v1/register/m.login.registration_token/validity', { token })).body
        .valid;
    expect(await Promise.all(['soon-over', 'used-up', 'good', 'unheard-of'].map(isValid))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    clock.advance(1000);
    expect(await isValid('soon-over')).toBe(false);
  });
});
