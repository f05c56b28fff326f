import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const PATH = '/_synapse/admin/v1/registration_tokens';

describeEachDatabase('registration tokens', (databases) => {
  it('are made, listed, changed and deleted by administrators', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, database: await databases.create() });
    const admin = await server.registerAdmin('root');
    const expiry = clock.now() + 1000;
    const welcome = { token: 'welcome', uses_allowed: 2, pending: 0, completed: 0, expiry_time: expiry };
    expect(await admin.post(`${PATH}/new`, { token: 'welcome', uses_allowed: 2, expiry_time: expiry })).toEqual({
      status: 200,
      body: welcome,
    });
    const { body: chosen } = await admin.post(`${PATH}/new`, { length: 20 });
    expect(chosen).toMatchObject({
      token: expect.stringMatching(/^[A-Za-z]{20}$/),
      uses_allowed: null,
      expiry_time: null,
    });

    const listed = (await admin.get(PATH)).body.registration_tokens;
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual(welcome);
    clock.advance(1000);
    expect((await admin.get(PATH, { valid: 'true' })).body.registration_tokens).toEqual([chosen]);
    expect((await admin.get(PATH, { valid: 'false' })).body.registration_tokens).toEqual([welcome]);

    const changed = { ...welcome, uses_allowed: null };
    expect((await admin.put(`${PATH}/welcome`, { uses_allowed: null })).body).toEqual(changed);
    expect((await admin.put(`${PATH}/welcome`, { expiry_time: null })).body).toEqual({ ...changed, expiry_time: null });
    expect((await admin.get(`${PATH}/welcome`)).body).toEqual({ ...changed, expiry_time: null });
    expect(await admin.delete(`${PATH}/welcome`)).toEqual({ status: 200, body: {} });
    expect((await admin.get(`${PATH}/welcome`)).status).toBe(404);
  });
});

describe('refuses', () => {
  let server: TestHomeserver;
  let admin: TestUser;
  let alice: TestUser;
  beforeAll(async () => {
    server = await startHomeserver();
    admin = await server.registerAdmin('root');
    alice = await server.register('alice');
    await server.homeserver.accounts.registrationTokens.create({ token: 'taken' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['POST', '/new', { token: 'not a token' }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { token: 'x'.repeat(65) }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { token: '' }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { token: 7 }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { token: 'taken' }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { length: 0 }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { length: 65 }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { uses_allowed: -1 }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { uses_allowed: 0.5 }, 400, 'M_INVALID_PARAM'],
    ['POST', '/new', { expiry_time: 1 }, 400, 'M_INVALID_PARAM'],
    ['PUT', '/taken', { uses_allowed: 'many' }, 400, 'M_INVALID_PARAM'],
    ['PUT', '/taken', { expiry_time: 1 }, 400, 'M_INVALID_PARAM'],
    ['PUT', '/none', {}, 404, 'M_NOT_FOUND'],
    ['GET', '/none', undefined, 404, 'M_NOT_FOUND'],
    ['DELETE', '/none', undefined, 404, 'M_NOT_FOUND'],
  ])('%s %s %j', async (method, path, body, status, errcode) => {
    expect(await admin.request(method, `${PATH}${path}`, { body })).toMatchObject({ status, body: { errcode } });
    expect(await alice.request(method, `${PATH}${path}`, { body })).toMatchObject({ status: 403 });
    expect(await server.stranger.request(method, `${PATH}${path}`, { body })).toMatchObject({ status: 401 });
  });
});
