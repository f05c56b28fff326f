import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const { tokens, passwords } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
const passwordOf = (user: TestUser, session?: string) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: user.userId },
  password: user.password,
  session,
});

let server: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let phone: TestUser;
beforeAll(async () => {
  server = await startHomeserver();
  alice = await server.register('alice');
  bob = await server.register('bob');
});
beforeEach(async () => {
  phone = await alice.logIn({ device_id: 'PHONE' });
});
afterAll(() => server[Symbol.asyncDispose]());

const remove = (auth?: object, by = alice) => by.delete('/devices/PHONE', auth && { auth });
const isThere = async () => (await alice.get('/devices/PHONE')).status === 200;

it('asks for the password and says in which session', async () => {
  const asked = await remove();
  expect(asked).toEqual({
    status: 401,
    body: { session: expect.any(String), flows: [{ stages: ['m.login.password'] }], params: {} },
  });
  expect(await remove(passwordOf(alice, asked.body.session))).toEqual({ status: 200, body: {} });
  expect(await isThere()).toBe(false);
});

it('takes null for no answer', async () => {
  expect((await alice.delete('/devices/PHONE', { auth: null })).body.flows).toEqual([{ stages: ['m.login.password'] }]);
});

it('takes the password with the first request too', async () => {
  expect((await remove(passwordOf(alice))).status).toBe(200);
});

it('takes the older form of an identifier', async () => {
  expect((await remove({ type: 'm.login.password', user: 'alice', password: alice.password })).status).toBe(200);
});

it('lets one try again in the same session after a wrong password', async () => {
  const { session } = (await remove()).body;
  const wrong = await remove({ ...passwordOf(alice, session), password: 'wrong' });
  expect(wrong).toMatchObject({ status: 401, body: { errcode: 'M_FORBIDDEN', session } });
  expect(wrong.body.flows).toEqual([{ stages: ['m.login.password'] }]);
  expect(wrong.body).not.toHaveProperty('completed');
  expect((await remove(passwordOf(alice, session))).status).toBe(200);
});

const begin = async (by: TestUser, path = '/devices/PHONE') => (await by.delete(path)).body.session as string;

describe('what does not count', () => {
  it.each([
    ['the password of another account', async () => passwordOf(bob), 403, 'M_FORBIDDEN'],
    ['a session of another user', async () => passwordOf(alice, await begin(bob)), 403, 'M_FORBIDDEN'],
    [
      'a session for another device',
      async () => passwordOf(alice, await begin(alice, '/devices/OTHER')),
      403,
      'M_FORBIDDEN',
    ],
    ['a session that there is not', async () => passwordOf(alice, 'nonsense'), 400, 'M_UNKNOWN'],
    ['a session that is no string', async () => ({ ...passwordOf(alice), session: 7 }), 400, 'M_BAD_JSON'],
    ['a stage that was not asked for', async () => ({ type: 'm.login.dummy' }), 401, undefined],
    ['a stage that there is not', async () => ({ type: 'm.login.magic' }), 400, 'M_UNKNOWN'],
    ['a type that is no string', async () => ({ type: 7 }), 400, 'M_BAD_JSON'],
    ['no password', async () => ({ ...passwordOf(alice), password: undefined }), 400, 'M_INVALID_PARAM'],
    ['no identifier', async () => ({ type: 'm.login.password', password: 'x' }), 400, 'M_MISSING_PARAM'],
    ['only a session', async () => ({ session: await begin(alice) }), 401, undefined],
    ['auth that is no object', async () => 'tomato' as never, 400, 'M_BAD_JSON'],
  ])('%s', async (_case, auth, status, errcode) => {
    const reply = await remove(await auth());
    expect(reply).toMatchObject({ status });
    expect(reply.body.errcode).toBe(errcode);
    expect(await isThere()).toBe(true);
  });
});

it('refuses a finished session for another operation', async () => {
  const { session } = (await remove()).body;
  await remove(passwordOf(alice, session));
  const body = { new_password: 'stolen it is', auth: { session } };
  expect(await alice.post('/account/password', body)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('refuses a finished session to another user', async () => {
  const { session } = (await remove()).body;
  await remove(passwordOf(alice, session));
  expect(await remove({ session }, bob)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('does not take a registration’s session for anything else', async () => {
  const { session } = (await server.stranger.post('/register', {})).body;
  expect(await remove(passwordOf(alice, session))).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  const { session: hers } = (await remove()).body;
  const register = { username: 'eve', password: 'tomato', auth: { type: 'm.login.dummy', session: hers } };
  expect(await server.stranger.post('/register', register)).toMatchObject({
    status: 403,
    body: { errcode: 'M_FORBIDDEN' },
  });
  expect((await phone.get('/account/whoami')).status).toBe(200);
});

it('keeps sessions over a restart', async () => {
  await using other = await startHomeserver();
  const carol = await other.register('carol');
  const { session } = (await carol.delete('/devices/X')).body;
  await other.restart();
  expect((await carol.delete('/devices/X', { auth: passwordOf(carol, session) })).status).toBe(200);
});

it('lets sessions expire', async () => {
  const clock = new FakeClock();
  await using other = await startHomeserver({ clock });
  const carol = await other.register('carol');
  const { session } = (await carol.delete('/devices/X')).body;
  clock.advance(24 * 3_600_000);
  expect((await carol.delete('/devices/X', { auth: passwordOf(carol, session) })).status).toBe(400);
});

it('asks only once in a while, where the configuration says so, but for login tokens always', async () => {
  const clock = new FakeClock();
  await using other = await startHomeserver({ clock, config: { tokens: { ...tokens, uiaSessionLifetime: 15_000 } } });
  const carol = await other.register('carol');
  const laptop = await carol.logIn();
  expect((await carol.delete('/devices/X', { auth: passwordOf(carol) })).status).toBe(200);
  expect((await carol.delete('/devices/Y')).status).toBe(200);
  expect((await laptop.delete('/devices/Y')).status).toBe(401);
  expect((await carol.post('/_matrix/client/v1/login/get_token', {})).status).toBe(401);
  clock.advance(15_000);
  expect((await carol.delete('/devices/Y')).status).toBe(401);
});

it('says so where there is no password to ask for', async () => {
  await using other = await startHomeserver();
  const carol = await other.register('carol');
  await other.restart({ passwords: { ...passwords, enabled: false } });
  expect(await carol.delete('/devices/X')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});
