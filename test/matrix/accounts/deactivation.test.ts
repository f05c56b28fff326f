import { expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const proof = (user: TestUser) => ({ type: 'm.login.password', user: user.userId, password: user.password });
const login = (server: TestHomeserver, user: TestUser) => server.stranger.post('/login', proof(user));

describeEachDatabase('a deactivated account', (databases) => {
  it('is signed out, lets nobody in, and its name is not given again', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const start = server.homeserver.db.position();
    const alice = await server.register('alice');
    const phone = await alice.logIn();
    await alice.setAccountData('m.direct', { secret: true });
    expect((await alice.post('/account/deactivate', {})).body.flows).toEqual([{ stages: ['m.login.password'] }]);
    const gone = await alice.post('/account/deactivate', { auth: proof(alice) });
    expect(gone).toEqual({ status: 200, body: { id_server_unbind_result: 'success' } });

    for (const client of [alice, phone]) expect((await client.get('/account/whoami')).status).toBe(401);
    expect(await login(server, alice)).toMatchObject({ status: 403, body: { errcode: 'M_USER_DEACTIVATED' } });
    const again = await server.stranger.get('/register/available', { username: 'alice' });
    expect(again).toMatchObject({ status: 400, body: { errcode: 'M_USER_IN_USE' } });
    expect(await server.homeserver.accounts.users.existing([alice.userId])).toEqual([]);
    expect(await server.homeserver.accounts.accountData.get(alice.userId, undefined, 'm.direct')).toBeUndefined();

    const changes = await server.homeserver.accounts.streams.deactivations.after(start, 10);
    expect(changes.map(({ change }) => change)).toEqual([{ userId: alice.userId, erase: false }]);
    expect((await server.stranger.get(`/profile/${alice.userId}`)).body).toEqual({ displayname: 'alice' });
  });
});

it('loses its profile too when it is erased, also later', async () => {
  await using server = await startHomeserver();
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  await alice.post('/account/deactivate', { erase: true, auth: proof(alice) });
  expect((await server.stranger.get(`/profile/${alice.userId}`)).status).toBe(404);

  const { deactivations } = server.homeserver.accounts;
  await deactivations.deactivate(bob.userId, false);
  expect((await server.stranger.get(`/profile/${bob.userId}`)).status).toBe(200);
  await deactivations.deactivate(bob.userId, true);
  expect((await server.stranger.get(`/profile/${bob.userId}`)).status).toBe(404);
});

it('stays as it is after a wrong password', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const reply = await alice.post('/account/deactivate', { auth: { ...proof(alice), password: 'wrong' } });
  expect(reply).toMatchObject({ status: 401, body: { errcode: 'M_FORBIDDEN' } });
  expect((await login(server, alice)).status).toBe(200);
});

it('cannot be changed any more', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const { users, deactivations, passwords } = server.homeserver.accounts;
  await deactivations.deactivate(alice.userId, false);
  await expect(users.setFlag(alice.userId, 'isAdmin', true)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  await expect(passwords.set(alice.userId, 'x', { others: false })).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  await expect(deactivations.deactivate('@nobody:hearth.test', false)).rejects.toMatchObject({
    errcode: 'M_NOT_FOUND',
  });
});

it.each([
  ['erase that is no boolean', { erase: 'yes' }, 400, 'M_BAD_JSON'],
  ['an id_server that is no string', { id_server: 7 }, 400, 'M_BAD_JSON'],
])('refuses %s', async (_case, body, status, errcode) => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  expect(await alice.post('/account/deactivate', body)).toMatchObject({ status, body: { errcode } });
});
