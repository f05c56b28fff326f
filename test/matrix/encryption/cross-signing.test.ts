import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { signJson } from '../../../src-main/spec/signing.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { crossSigningIdentity, deviceIdentity, nameOf, queryKeys, uploadIdentity } from './keys.js';

const UPLOAD = '/keys/device_signing/upload';
const SIGNATURES = '/keys/signatures/upload';

let one: TestHomeserver;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const passwordOf = ({ userId, password }: TestUser, session: string) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: userId },
  password,
  session,
});

async function publish(user: TestUser) {
  const identity = crossSigningIdentity(user);
  await user.ok('POST', UPLOAD, { body: identity.body });
  return identity;
}

it('takes the first keys without a proof, and the same again', async () => {
  const alice = await one.register('alice1');
  const { body } = crossSigningIdentity(alice);
  expect(await alice.post(UPLOAD, body)).toEqual({ status: 200, body: {} });
  expect(await alice.post(UPLOAD, body)).toEqual({ status: 200, body: {} });
  expect(await alice.post(UPLOAD, { master_key: body.master_key })).toEqual({ status: 200, body: {} });
});

it('takes first keys without a proof once, however many come together', async () => {
  const alice = await one.register('alice1b');
  const uploads = Array.from({ length: 6 }, () => alice.post(UPLOAD, crossSigningIdentity(alice).body));
  const statuses = (await Promise.all(uploads)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 401, 401, 401, 401, 401]);
});

it('wants a proof before it replaces keys', async () => {
  const alice = await one.register('alice2');
  await publish(alice);
  const { body } = crossSigningIdentity(alice);
  const asked = await alice.post(UPLOAD, body);
  expect(asked).toMatchObject({ status: 401, body: { flows: [{ stages: ['m.login.password'] }] } });
  const wrong = { ...passwordOf(alice, asked.body.session), password: 'wrong' };
  expect(await alice.post(UPLOAD, { ...body, auth: wrong })).toMatchObject({
    status: 401,
    body: { errcode: 'M_FORBIDDEN' },
  });
  const auth = passwordOf(alice, asked.body.session);
  expect(await alice.post(UPLOAD, { ...body, auth })).toEqual({ status: 200, body: {} });
  expect((await queryKeys(alice, alice)).master_keys[alice.userId]).toEqual(body.master_key);
});

it('shows everybody the master and self-signing keys, and the user-signing key to its owner', async () => {
  const alice = await one.register('alice3');
  const bob = await one.register('bob3');
  const { body } = await publish(alice);
  const shared = {
    master_keys: { [alice.userId]: body.master_key },
    self_signing_keys: { [alice.userId]: body.self_signing_key },
  };
  expect(await queryKeys(bob, alice)).toMatchObject({ ...shared, user_signing_keys: {} });
  expect(await queryKeys(alice, alice)).toMatchObject({
    ...shared,
    user_signing_keys: { [alice.userId]: body.user_signing_key },
  });
});

it('refuses keys that are not what they should be', async () => {
  const alice = await one.register('alice4');
  const { body, master } = crossSigningIdentity(alice);
  const other = crossSigningIdentity(alice);
  const { deviceId } = alice;
  const cases: [string, JsonObject, number, string][] = [
    ['a self-signing key without a master key', { self_signing_key: body.self_signing_key }, 400, 'M_MISSING_PARAM'],
    [
      'a key signed by another master key',
      { ...body, self_signing_key: other.body.self_signing_key },
      400,
      'M_INVALID_SIGNATURE',
    ],
    [
      'a key without a signature',
      { ...body, user_signing_key: { ...body.user_signing_key, signatures: {} } },
      400,
      'M_INVALID_SIGNATURE',
    ],
    [
      'a master key of another user',
      { master_key: { ...body.master_key, user_id: '@bob:hearth.test' } },
      400,
      'M_INVALID_PARAM',
    ],
    [
      'a key for another usage',
      { master_key: { ...body.master_key, usage: ['self_signing'] } },
      400,
      'M_INVALID_PARAM',
    ],
    [
      'two keys in one',
      { master_key: { ...body.master_key, keys: { 'ed25519:a': 'a', 'ed25519:b': 'b' } } },
      400,
      'M_INVALID_PARAM',
    ],
    [
      'a key that is none',
      { master_key: { ...body.master_key, keys: { 'ed25519:abc': 'abc' } } },
      400,
      'M_INVALID_PARAM',
    ],
    [
      'a key named after a device',
      { master_key: { ...body.master_key, keys: { [`ed25519:${deviceId}`]: nameOf(master) } } },
      400,
      'M_INVALID_PARAM',
    ],
    ['a text for a key', { master_key: 'key' }, 400, 'M_BAD_JSON'],
    ['a key without usage', { master_key: { ...body.master_key, usage: undefined } }, 400, 'M_BAD_JSON'],
  ];
  for (const [what, sent, status, errcode] of cases) {
    expect([what, await alice.post(UPLOAD, sent)]).toMatchObject([what, { status, body: { errcode } }]);
  }
});

it('refuses a key that has the name of a device', async () => {
  const alice = await one.register('alice5');
  const { body, master } = crossSigningIdentity(alice);
  await alice.logIn({ device_id: nameOf(master) });
  expect(await alice.post(UPLOAD, body)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
});

it('adds a signature of the self-signing key to a device, for all to see', async () => {
  const alice = await one.register('alice6');
  const bob = await one.register('bob6');
  const { deviceKeys } = await uploadIdentity(alice);
  const { selfSigning } = await publish(alice);
  const signed = signJson(deviceKeys, alice.userId, selfSigning);
  const body = { [alice.userId]: { [alice.deviceId]: signed } };
  expect(await alice.post(SIGNATURES, body)).toEqual({ status: 200, body: { failures: {} } });
  expect(await alice.post(SIGNATURES, body)).toEqual({ status: 200, body: { failures: {} } });
  for (const asking of [alice, bob]) {
    const found = await queryKeys(asking, alice);
    expect(found.device_keys[alice.userId][alice.deviceId].signatures).toEqual(signed['signatures']);
  }
});

it('adds a signature of a device to its owner’s master key', async () => {
  const alice = await one.register('alice7');
  const { signingKey } = await uploadIdentity(alice);
  const { body, master } = await publish(alice);
  const signed = signJson(body.master_key, alice.userId, signingKey);
  const reply = await alice.post(SIGNATURES, { [alice.userId]: { [nameOf(master)]: signed } });
  expect(reply).toEqual({ status: 200, body: { failures: {} } });
  expect((await queryKeys(alice, alice)).master_keys[alice.userId]).toEqual(signed);
});

it('shows who verified whom to nobody but the one who did', async () => {
  const [alice, bob, carol] = [await one.register('alice8'), await one.register('bob8'), await one.register('carol8')];
  const { userSigning } = await publish(alice);
  const { body, master } = await publish(bob);
  const signed = signJson(body.master_key, alice.userId, userSigning);
  const reply = await alice.post(SIGNATURES, { [bob.userId]: { [nameOf(master)]: signed } });
  expect(reply).toEqual({ status: 200, body: { failures: {} } });
  expect((await queryKeys(alice, bob)).master_keys[bob.userId]).toEqual(signed);
  expect((await queryKeys(bob, bob)).master_keys[bob.userId]).toEqual(body.master_key);
  expect((await queryKeys(carol, bob)).master_keys[bob.userId]).toEqual(body.master_key);
});

it('says of each signature that failed why it did', async () => {
  const alice = await one.register('alice9');
  const bob = await one.register('bob9');
  const { deviceKeys, signingKey } = await uploadIdentity(alice);
  const phone = await alice.logIn();
  const identity = await publish(alice);
  const bobs = await publish(bob);
  const { selfSigning, userSigning, master } = identity;
  const good = signJson(deviceKeys, alice.userId, selfSigning);
  const unknown = { ...deviceIdentity(phone).deviceKeys };
  const { failures } = await alice.ok('POST', SIGNATURES, {
    body: {
      [alice.userId]: {
        [alice.deviceId]: good,
        [phone.deviceId]: signJson(unknown, alice.userId, selfSigning),
        [nameOf(master)]: identity.body.master_key,
      },
      [bob.userId]: {
        [nameOf(bobs.master)]: signJson(bobs.body.master_key, alice.userId, signingKey),
        [nameOf(bobs.selfSigning)]: signJson(bobs.body.self_signing_key, alice.userId, userSigning),
      },
      '@nobody:hearth.test': { key: {} },
    },
  });
  expect(failures).toMatchObject({
    [alice.userId]: {
      [phone.deviceId]: { errcode: 'M_NOT_FOUND' },
      [nameOf(master)]: { errcode: 'M_INVALID_SIGNATURE' },
    },
    [bob.userId]: {
      [nameOf(bobs.master)]: { errcode: 'M_INVALID_SIGNATURE' },
      [nameOf(bobs.selfSigning)]: { errcode: 'M_NOT_FOUND' },
    },
    '@nobody:hearth.test': { key: { errcode: 'M_NOT_FOUND' } },
  });
  expect(failures[alice.userId][alice.deviceId]).toBeUndefined();
});

it('refuses a signature over something else than what is stored', async () => {
  const alice = await one.register('alice10');
  const { deviceKeys } = await uploadIdentity(alice);
  const { selfSigning } = await publish(alice);
  const upload = async (signed: JsonObject) =>
    (await alice.ok('POST', SIGNATURES, { body: { [alice.userId]: { [alice.deviceId]: signed } } })).failures[
      alice.userId
    ];
  const another = signJson({ ...deviceKeys, algorithms: [] }, alice.userId, selfSigning);
  expect(await upload(another)).toMatchObject({ [alice.deviceId]: { errcode: 'M_UNKNOWN' } });
  const forged = signJson(deviceKeys, alice.userId, {
    ...crossSigningIdentity(alice).master,
    keyId: selfSigning.keyId,
  });
  expect(await upload(forged)).toMatchObject({ [alice.deviceId]: { errcode: 'M_INVALID_SIGNATURE' } });
});

it('drops signatures with the keys that made them', async () => {
  const alice = await one.register('alice11');
  const { deviceKeys } = await uploadIdentity(alice);
  const { selfSigning } = await publish(alice);
  await alice.ok('POST', SIGNATURES, {
    body: { [alice.userId]: { [alice.deviceId]: signJson(deviceKeys, alice.userId, selfSigning) } },
  });
  const { body } = crossSigningIdentity(alice);
  const { session } = (await alice.post(UPLOAD, body)).body;
  await alice.ok('POST', UPLOAD, { body: { ...body, auth: passwordOf(alice, session) } });
  const found = await queryKeys(alice, alice);
  expect(found.device_keys[alice.userId][alice.deviceId].signatures).toEqual(deviceKeys['signatures']);
});

it('forgets the keys of a deactivated account', async () => {
  const alice = await one.register('alice12');
  const bob = await one.register('bob12');
  await uploadIdentity(alice);
  await publish(alice);
  const { session } = (await alice.post('/account/deactivate', {})).body;
  await alice.ok('POST', '/account/deactivate', { body: { auth: passwordOf(alice, session) } });
  await expect
    .poll(() => queryKeys(bob, alice))
    .toEqual({
      device_keys: {},
      failures: {},
      master_keys: {},
      self_signing_keys: {},
      user_signing_keys: {},
    });
});
