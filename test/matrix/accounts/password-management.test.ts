import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const { passwords } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
const proof = (user: TestUser) => ({ type: 'm.login.password', user: user.userId, password: user.password });
const login = (user: TestUser, password: string) => ({ type: 'm.login.password', user: user.userId, password });

describeEachDatabase('a new password', (databases) => {
  it('replaces the old one, keeps the session that asks and ends all others', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const phone = await alice.logIn();
    const changed = await alice.post('/account/password', { new_password: 'fresh tomato', auth: proof(alice) });
    expect(changed).toEqual({ status: 200, body: {} });
    expect((await alice.get('/account/whoami')).status).toBe(200);
    expect((await phone.get('/account/whoami')).status).toBe(401);
    expect((await alice.get('/devices')).body.devices).toHaveLength(1);
    expect((await server.stranger.post('/login', login(alice, alice.password))).status).toBe(403);
    expect((await server.stranger.post('/login', login(alice, 'fresh tomato'))).status).toBe(200);
  });
});

it('keeps all sessions when asked to', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const phone = await alice.logIn();
  const body = { new_password: 'fresh tomato', logout_devices: false, auth: proof(alice) };
  expect((await alice.post('/account/password', body)).status).toBe(200);
  expect((await phone.get('/account/whoami')).status).toBe(200);
});

describe('refuses', () => {
  it.each([
    ['a weak password, before it asks for the old one', { new_password: 'short' }, 400, 'M_WEAK_PASSWORD'],
    ['no password', {}, 400, 'M_MISSING_PARAM'],
    ['a password that is no string', { new_password: 7 }, 400, 'M_BAD_JSON'],
    [
      'a wrong old password',
      { new_password: 'long enough', auth: { type: 'm.login.password', user: 'alice', password: 'x' } },
      401,
      'M_FORBIDDEN',
    ],
  ])('%s', async (_case, body, status, errcode) => {
    const policy = { ...passwords.policy, minimumLength: 8 };
    await using server = await startHomeserver({ config: { passwords: { ...passwords, rounds: 4, policy } } });
    const alice = await server.register('alice');
    expect(await alice.post('/account/password', body)).toMatchObject({ status, body: { errcode } });
    expect((await alice.logIn()).userId).toBe(alice.userId);
  });

  it('strangers', async () => {
    await using server = await startHomeserver();
    const reply = await server.stranger.post('/account/password', { new_password: 'tomato' });
    expect(reply).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
  });
});

it('is given by an administrator, who may end all sessions with it', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const management = server.homeserver.accounts.passwords;
  await management.set(alice.userId, 'first', { others: false });
  expect((await alice.get('/account/whoami')).status).toBe(200);
  await management.set(alice.userId, 'second', { others: true });
  expect((await alice.get('/account/whoami')).status).toBe(401);
  expect((await server.stranger.post('/login', login(alice, 'second'))).status).toBe(200);
  await expect(management.set('@nobody:hearth.test', 'x', { others: true })).rejects.toMatchObject({
    errcode: 'M_NOT_FOUND',
  });
});
