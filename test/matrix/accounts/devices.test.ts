import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const proof = (user: TestUser) => ({ type: 'm.login.password', user: user.userId, password: user.password });

describeEachDatabase('devices', (databases) => {
  it('are listed with their names and when they were last heard of', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, database: await databases.create() });
    const alice = await server.register('alice', { deviceId: 'PHONE' });
    clock.advance(1000);
    const laptop = await alice.logIn({ device_id: 'LAPTOP', initial_device_display_name: 'My laptop' });
    const { body } = await laptop.get('/devices');
    expect(body.devices).toEqual([
      { device_id: 'PHONE', display_name: null, last_seen_ts: null, last_seen_ip: null },
      { device_id: 'LAPTOP', display_name: 'My laptop', last_seen_ts: clock.now(), last_seen_ip: '127.0.0.1' },
    ]);

    const heard = clock.now();
    await server.restart();
    clock.advance(5000);
    expect((await alice.get('/devices/LAPTOP')).body).toEqual({ ...body.devices[1], last_seen_ts: heard });
  });

  it('are renamed', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const path = `/devices/${alice.deviceId}`;
    expect(await alice.put(path, { display_name: 'My phone' })).toEqual({ status: 200, body: {} });
    expect(await alice.put(path, {})).toEqual({ status: 200, body: {} });
    expect((await alice.get(path)).body.display_name).toBe('My phone');
  });

  it('are deleted, several at once, and signed out; others stay', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const [phone, tablet, laptop] = [await alice.logIn(), await alice.logIn(), await alice.logIn()];
    const devices = [phone.deviceId, tablet.deviceId, 'NOT-THERE'];
    expect(await alice.post('/delete_devices', { devices, auth: proof(alice) })).toEqual({ status: 200, body: {} });
    for (const gone of [phone, tablet]) {
      expect(await gone.get('/devices')).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
    }
    expect((await laptop.get('/devices')).status).toBe(200);
    expect((await alice.get('/devices')).body.devices).toHaveLength(2);
  });

  it('are announced when they come, change their name and go', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const start = server.homeserver.db.position();
    const alice = await server.register('alice', { deviceId: 'PHONE' });
    await alice.put('/devices/PHONE', { display_name: 'My phone' });
    await alice.logIn({ device_id: 'PHONE' }).then((again) => again.post('/logout'));
    const changes = await server.homeserver.accounts.streams.devices.after(start, 10);
    const about = { userId: alice.userId, deviceIds: ['PHONE'] };
    expect(changes.map(({ change }) => change)).toEqual([
      { ...about, change: 'added' },
      { ...about, change: 'renamed' },
      { ...about, change: 'deleted' },
    ]);
    expect(server.homeserver.db.news.mayHaveChangedSince(`user:${alice.userId}`, start)).toBe(true);
  });
});

it('are nobody else’s business', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice', { deviceId: 'HERS' });
  const bob = await server.register('bob');
  expect((await bob.get('/devices/HERS')).status).toBe(404);
  expect((await bob.put('/devices/HERS', { display_name: 'x' })).status).toBe(404);
  expect((await bob.delete('/devices/HERS', { auth: proof(bob) })).status).toBe(200);
  expect((await alice.get('/devices/HERS')).status).toBe(200);
});

describe('refuses', () => {
  let server: TestHomeserver;
  let alice: TestUser;
  beforeAll(async () => {
    server = await startHomeserver();
    alice = await server.register('alice', { deviceId: 'MINE' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['GET', '/devices/NONE', undefined, 404, 'M_NOT_FOUND'],
    ['PUT', '/devices/NONE', { display_name: 'x' }, 404, 'M_NOT_FOUND'],
    ['PUT', '/devices/NONE', {}, 404, 'M_NOT_FOUND'],
    ['PUT', '/devices/MINE', { display_name: 7 }, 400, 'M_BAD_JSON'],
    ['PUT', '/devices/MINE', { display_name: 'x'.repeat(101) }, 400, 'M_TOO_LARGE'],
    ['PUT', '/devices/MINE', [], 400, 'M_BAD_JSON'],
    ['PUT', '/devices/MINE', undefined, 400, 'M_NOT_JSON'],
    ['POST', '/delete_devices', {}, 400, 'M_MISSING_PARAM'],
    ['POST', '/delete_devices', { devices: 'MINE' }, 400, 'M_BAD_JSON'],
    ['POST', '/delete_devices', { devices: [7] }, 400, 'M_BAD_JSON'],
    ['POST', '/delete_devices', { devices: Array<string>(1001).fill('x') }, 400, 'M_BAD_JSON'],
  ])('%s %s with %j', async (method, path, body, status, errcode) => {
    expect(await alice.request(method, path, { body })).toMatchObject({ status, body: { errcode } });
  });
});

it('counts who was there lately', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({ clock });
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  await alice.get('/devices');
  clock.advance(100_000);
  await bob.get('/devices');
  const { devices } = server.homeserver.accounts;
  expect(await devices.countActiveUsers(clock.now() - 100_000)).toBe(2);
  expect(await devices.countActiveUsers(clock.now() - 99_999)).toBe(1);
});

it('tells the encryption of devices with their names', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice', { deviceId: 'PHONE' });
  const bob = await server.register('bob', { deviceId: 'LAPTOP' });
  await bob.put('/devices/LAPTOP', { display_name: 'Laptop' });
  await alice.post('/logout');
  const found = await server.homeserver.accounts.devices.devicesOf([alice.userId, bob.userId, '@nobody:hearth.test']);
  expect(found).toEqual(
    new Map([
      [alice.userId, new Map()],
      [bob.userId, new Map([['LAPTOP', 'Laptop']])],
    ]),
  );
});
