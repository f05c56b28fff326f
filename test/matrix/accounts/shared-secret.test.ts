import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';

const PATH = '/_synapse/admin/v1/register';
const SECRET = 'the shared secret of tests';
const { registration } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });

const nonceOf = async (server: TestHomeserver): Promise<string> => (await server.stranger.get(PATH)).body.nonce;
const macOf = (secret: string, ...fields: string[]) =>
  createHmac('sha1', secret).update(fields.join('\0')).digest('hex');

async function request(server: TestHomeserver, more: Record<string, unknown> = {}) {
  const nonce = await nonceOf(server);
  const mac = macOf(SECRET, nonce, 'Alice', 'tomato', 'notadmin');
  return { nonce, username: 'Alice', password: 'tomato', mac, ...more };
}

it('makes accounts for who knows the secret, though registration is closed', async () => {
  await using server = await startHomeserver({ config: { registration: { ...registration, sharedSecret: SECRET } } });
  const reply = await server.stranger.post(PATH, await request(server, { displayname: 'Alice L.' }));
  expect(reply).toMatchObject({ status: 200, body: { user_id: '@alice:hearth.test', home_server: 'hearth.test' } });
  const alice = server.withToken(reply.body.access_token);
  expect((await alice.get('/account/whoami')).body.device_id).toBe(reply.body.device_id);
  expect((await alice.get('/profile/@alice:hearth.test')).body).toEqual({ displayname: 'Alice L.' });
  expect((await alice.get('/_synapse/admin/v1/registration_tokens')).status).toBe(403);
});

it('makes administrators and bots', async () => {
  await using server = await startHomeserver();
  const admin = await server.registerAdmin('root');
  expect((await admin.get('/_synapse/admin/v1/registration_tokens')).status).toBe(200);
  const nonce = await nonceOf(server);
  const mac = macOf(SECRET, nonce, 'robot', 'tomato', 'notadmin', 'bot');
  const body = { nonce, username: 'robot', password: 'tomato', admin: false, user_type: 'bot', mac };
  expect((await server.stranger.post(PATH, body)).status).toBe(200);
  expect(await server.homeserver.accounts.users.get('@robot:hearth.test')).toMatchObject({
    userType: 'bot',
    isAdmin: false,
  });
});

it('allows names that nobody may choose for themselves', async () => {
  await using server = await startHomeserver();
  const { registration } = server.homeserver.accounts;
  expect(await registration.create({ localpart: '_bridge', password: undefined })).toMatchObject({
    userId: '@_bridge:hearth.test',
  });
});

describe('refuses', () => {
  let server: TestHomeserver;
  beforeAll(async () => {
    server = await startHomeserver();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['no nonce', { nonce: undefined }, 400, 'M_BAD_JSON'],
    ['a nonce that there is not', { nonce: 'x' }, 400, 'M_UNKNOWN'],
    ['a nonce that is no string', { nonce: 7 }, 400, 'M_UNKNOWN'],
    ['no name', { username: undefined }, 400, 'M_BAD_JSON'],
    ['a name that is no string', { username: 7 }, 400, 'M_UNKNOWN'],
    ['a name with NUL', { username: 'a\0b' }, 400, 'M_UNKNOWN'],
    ['a name that is too long', { username: 'a'.repeat(513) }, 400, 'M_UNKNOWN'],
    ['no password', { password: undefined }, 400, 'M_BAD_JSON'],
    ['a password that is too long', { password: 'a'.repeat(513) }, 400, 'M_UNKNOWN'],
    ['no mac', { mac: undefined }, 400, 'M_BAD_JSON'],
    ['a wrong mac', { mac: '00'.repeat(20) }, 403, 'M_UNKNOWN'],
    ['a mac of another length', { mac: '00' }, 403, 'M_UNKNOWN'],
    ['a mac that is no string', { mac: 7 }, 403, 'M_UNKNOWN'],
    ['a mac for somebody who is no administrator', { admin: true }, 403, 'M_UNKNOWN'],
    ['a type of user that there is not', { user_type: 'king' }, 400, 'M_UNKNOWN'],
  ])('%s', async (_case, more, status, errcode) => {
    expect(await server.stranger.post(PATH, await request(server, more))).toMatchObject({ status, body: { errcode } });
    expect(await server.homeserver.accounts.users.count()).toEqual({ users: 0, admins: 0 });
  });

  it('a nonce that was used, even by a request that failed', async () => {
    await using server = await startHomeserver();
    const body = await request(server);
    expect((await server.stranger.post(PATH, { ...body, mac: '00'.repeat(20) })).status).toBe(403);
    expect(await server.stranger.post(PATH, body)).toMatchObject({
      status: 400,
      body: { error: 'unrecognised nonce' },
    });
  });

  it('a nonce after a minute', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock });
    const body = await request(server);
    clock.advance(60_000);
    expect((await server.stranger.post(PATH, body)).status).toBe(400);
  });

  it('a name that is taken, and one that cannot be', async () => {
    await using server = await startHomeserver();
    await server.registerAdmin('root');
    await expect(server.registerAdmin('ROOT')).rejects.toThrow('M_USER_IN_USE');
    await expect(server.registerAdmin('ro ot')).rejects.toThrow('M_INVALID_USERNAME');
  });

  it('everybody, where there is no secret', async () => {
    await using server = await startHomeserver({ config: { registration } });
    const refusal = { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Shared secret registration is not enabled' } };
    expect(await server.stranger.get(PATH)).toEqual(refusal);
    expect(await server.stranger.post(PATH, {})).toEqual(refusal);
  });
});
