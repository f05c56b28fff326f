import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { deviceIdentity, oneTimeKeys, queryKeys, uploadIdentity } from './keys.js';

let one: TestHomeserver;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

it('shows a device’s keys as they were uploaded, with its name', async () => {
  const alice = await one.register('alice1');
  const phone = await alice.logIn({ initial_device_display_name: 'Phone' });
  const { deviceKeys } = await uploadIdentity(phone);
  const bob = await one.register('bob1');

  expect(await queryKeys(bob, alice)).toMatchObject({
    device_keys: {
      [alice.userId]: { [phone.deviceId]: { ...deviceKeys, unsigned: { device_display_name: 'Phone' } } },
    },
    failures: {},
    master_keys: {},
    self_signing_keys: {},
    user_signing_keys: {},
  });
});

it('gives an empty map for somebody without keys and nothing for nobody', async () => {
  const alice = await one.register('alice2');
  const found = await queryKeys(alice, alice, { userId: '@nobody:hearth.test' }, { userId: '@other:elsewhere.test' });
  expect(found.device_keys).toEqual({ [alice.userId]: {} });
});

it('answers for the devices that were asked for only', async () => {
  const alice = await one.register('alice3');
  const phone = await alice.logIn();
  await uploadIdentity(alice);
  await uploadIdentity(phone);
  const ask = (devices: string[]) =>
    alice.ok('POST', '/keys/query', { body: { device_keys: { [alice.userId]: devices } } });
  expect(Object.keys((await ask([])).device_keys[alice.userId])).toHaveLength(2);
  expect(Object.keys((await ask([phone.deviceId, 'NOSUCHDEVICE'])).device_keys[alice.userId])).toEqual([
    phone.deviceId,
  ]);
});

it('takes the same upload twice', async () => {
  const alice = await one.register('alice4');
  const { deviceKeys } = deviceIdentity(alice);
  const body = { device_keys: deviceKeys, one_time_keys: oneTimeKeys('a', 'b') };
  const counts = { one_time_key_counts: { signed_curve25519: 2 } };
  expect(await alice.post('/keys/upload', body)).toEqual({ status: 200, body: counts });
  expect(await alice.post('/keys/upload', body)).toEqual({ status: 200, body: counts });
});

it('offers no one-time keys of an identity that is gone', async () => {
  const alice = await one.register('alice5');
  const upload = () => ({ device_keys: deviceIdentity(alice).deviceKeys, one_time_keys: oneTimeKeys('a', 'b') });
  await alice.ok('POST', '/keys/upload', { body: upload() });
  const { one_time_key_counts } = await alice.ok('POST', '/keys/upload', {
    body: { ...upload(), one_time_keys: oneTimeKeys('c') },
  });
  expect(one_time_key_counts).toEqual({ signed_curve25519: 1 });
});

it('forgets the keys of a device that signed out', async () => {
  const alice = await one.register('alice6');
  const phone = await alice.logIn();
  await uploadIdentity(phone);
  await phone.ok('POST', '/keys/upload', { body: { one_time_keys: oneTimeKeys('a') } });
  await phone.ok('POST', '/logout', { body: {} });
  expect((await queryKeys(alice, alice)).device_keys[alice.userId]).toEqual({});
  expect(
    await alice.ok('POST', '/keys/claim', {
      body: { one_time_keys: { [alice.userId]: { [phone.deviceId]: 'signed_curve25519' } } },
    }),
  ).toEqual({ one_time_keys: {}, failures: {} });
});

it('answers old and unstable spellings of the paths', async () => {
  const alice = await one.register('alice7');
  const { deviceKeys } = deviceIdentity(alice);
  for (const path of [
    '/_matrix/client/r0/keys/upload',
    '/_matrix/client/unstable/keys/upload',
    `/_matrix/client/v3/keys/upload/${alice.deviceId}`,
    `/_matrix/client/r0/keys/upload/${alice.deviceId}`,
  ]) {
    expect(await alice.post(path, { device_keys: deviceKeys })).toMatchObject({ status: 200 });
  }
});

it('refuses keys of another user, another device and in another shape', async () => {
  const alice = await one.register('alice8');
  const { deviceKeys } = deviceIdentity(alice);
  const cases: [string, unknown, string][] = [
    ['another user', { device_keys: { ...deviceKeys, user_id: '@bob:hearth.test' } }, 'M_BAD_JSON'],
    ['another device', { device_keys: { ...deviceKeys, device_id: 'OTHER' } }, 'M_BAD_JSON'],
    ['no algorithms', { device_keys: { ...deviceKeys, algorithms: undefined } }, 'M_BAD_JSON'],
    ['algorithms that are no list', { device_keys: { ...deviceKeys, algorithms: 'olm' } }, 'M_BAD_JSON'],
    ['keys that are no texts', { device_keys: { ...deviceKeys, keys: { 'ed25519:X': 1 } } }, 'M_BAD_JSON'],
    ['keys that nobody could sign', { device_keys: { ...deviceKeys, half: 0.5 } }, 'M_BAD_JSON'],
    ['a list for keys', { one_time_keys: [] }, 'M_BAD_JSON'],
    ['a key without an algorithm', { one_time_keys: { AAAA: 'key' } }, 'M_BAD_JSON'],
    ['a key object without a key', { one_time_keys: { 'signed_curve25519:A': { signatures: {} } } }, 'M_BAD_JSON'],
    ['a key that is too large', { one_time_keys: { 'curve25519:A': 'x'.repeat(10_000) } }, 'M_BAD_JSON'],
    ['no object', [], 'M_BAD_JSON'],
    ['no JSON', '{', 'M_NOT_JSON'],
  ];
  for (const [what, body, errcode] of cases) {
    expect([what, await alice.post('/keys/upload', body)]).toMatchObject([what, { status: 400, body: { errcode } }]);
  }
  expect(await alice.post('/keys/upload/OTHER', { device_keys: deviceKeys })).toMatchObject({ status: 400 });
});

it('refuses queries of another shape', async () => {
  const alice = await one.register('alice9');
  const cases: [string, string, unknown, string][] = [
    ['an object where a list belongs', '/keys/query', { device_keys: { [alice.userId]: { a: 'b' } } }, 'M_BAD_JSON'],
    ['a text where a list belongs', '/keys/query', { device_keys: { [alice.userId]: 'DEVICE' } }, 'M_BAD_JSON'],
    ['no device_keys', '/keys/query', {}, 'M_BAD_JSON'],
    ['a claim of a list', '/keys/claim', { one_time_keys: { [alice.userId]: ['DEVICE'] } }, 'M_BAD_JSON'],
    ['a claim without one_time_keys', '/keys/claim', {}, 'M_BAD_JSON'],
  ];
  for (const [what, path, body, errcode] of cases) {
    expect([what, await alice.post(path, body)]).toMatchObject([what, { status: 400, body: { errcode } }]);
  }
});

it('lets nobody in without a token', async () => {
  for (const path of ['/keys/upload', '/keys/query', '/keys/claim', '/keys/signatures/upload']) {
    expect(await one.stranger.post(path, {})).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
  }
});
