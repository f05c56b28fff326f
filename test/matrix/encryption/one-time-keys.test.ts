import { expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { fallbackKey, oneTimeKey, oneTimeKeys } from './keys.js';

const ALGORITHM = 'signed_curve25519';

const upload = async (user: TestUser, body: unknown) =>
  (await user.ok('POST', '/keys/upload', { body })).one_time_key_counts;

/** The names of the keys that a claim gives, by device. */
async function claim(user: TestUser, ...owners: TestUser[]): Promise<Record<string, string[]>> {
  const wanted: Record<string, Record<string, string>> = {};
  for (const { userId, deviceId } of owners) (wanted[userId] ??= {})[deviceId] = ALGORITHM;
  const { one_time_keys } = await user.ok('POST', '/keys/claim', { body: { one_time_keys: wanted } });
  const names: Record<string, string[]> = {};
  for (const devices of Object.values<object>(one_time_keys)) {
    for (const [deviceId, keys] of Object.entries(devices)) names[deviceId] = Object.keys(keys);
  }
  return names;
}

describeEachDatabase('one-time keys', (databases) => {
  const start = async () => startHomeserver({ database: await databases.create() });

  it('are given out once each, in the order of the uploads', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const bob = await one.register('bob');
    for (const name of ['z', 'a', 'm']) await upload(alice, { one_time_keys: oneTimeKeys(name) });
    const claimed: unknown[] = [];
    for (let i = 0; i < 4; i += 1) claimed.push(await claim(bob, alice));
    expect(claimed).toEqual([
      { [alice.deviceId]: [`${ALGORITHM}:z`] },
      { [alice.deviceId]: [`${ALGORITHM}:a`] },
      { [alice.deviceId]: [`${ALGORITHM}:m`] },
      {},
    ]);
  });

  it('are given out once each to many who claim at the same time', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const bob = await one.register('bob');
    const names = Array.from({ length: 20 }, (_, index) => `key${index}`);
    await upload(alice, { one_time_keys: oneTimeKeys(...names) });
    const claims = await Promise.all(Array.from({ length: 25 }, () => claim(bob, alice)));
    const given = claims.flatMap((devices) => devices[alice.deviceId] ?? []);
    expect(given.toSorted()).toEqual(names.map((name) => `${ALGORITHM}:${name}`).toSorted());
  });

  it('are claimed of many devices at once, with the content that was uploaded', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const phone = await alice.logIn();
    const bob = await one.register('bob');
    for (const device of [alice, phone, bob]) {
      await upload(device, { one_time_keys: oneTimeKeys('a') });
      await upload(device, { one_time_keys: oneTimeKeys(device.deviceId) });
    }
    expect(await claim(bob, alice, phone, bob)).toEqual({
      [alice.deviceId]: [`${ALGORITHM}:a`],
      [phone.deviceId]: [`${ALGORITHM}:a`],
      [bob.deviceId]: [`${ALGORITHM}:a`],
    });
    const { one_time_keys } = await bob.ok('POST', '/keys/claim', {
      body: { one_time_keys: { [alice.userId]: { [alice.deviceId]: ALGORITHM, NOSUCHDEVICE: ALGORITHM } } },
    });
    expect(one_time_keys).toEqual({ [alice.userId]: { [alice.deviceId]: oneTimeKeys(alice.deviceId) } });
  });

  it('are given out by algorithm', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const counts = await upload(alice, { one_time_keys: { 'curve25519:A': 'plain', ...oneTimeKeys('B') } });
    expect(counts).toEqual({ curve25519: 1, signed_curve25519: 1 });
    const { one_time_keys } = await alice.ok('POST', '/keys/claim', {
      body: { one_time_keys: { [alice.userId]: { [alice.deviceId]: 'curve25519' } } },
    });
    expect(one_time_keys).toEqual({ [alice.userId]: { [alice.deviceId]: { 'curve25519:A': 'plain' } } });
  });

  it('can be uploaded again, signed again and in parts, but not changed', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    expect(await upload(alice, { one_time_keys: oneTimeKeys('a', 'b') })).toEqual({ [ALGORITHM]: 2 });
    expect(await upload(alice, { one_time_keys: oneTimeKeys('b', 'c') })).toEqual({ [ALGORITHM]: 3 });
    const signedAgain = { [`${ALGORITHM}:a`]: oneTimeKey('a', 'another signature') };
    expect(await upload(alice, { one_time_keys: signedAgain })).toEqual({ [ALGORITHM]: 3 });
    const changed = { [`${ALGORITHM}:a`]: oneTimeKey('another key'), ...oneTimeKeys('d') };
    expect(await alice.post('/keys/upload', { one_time_keys: changed })).toMatchObject({
      status: 400,
      body: { errcode: 'M_UNKNOWN' },
    });
    expect(await upload(alice, {})).toEqual({ [ALGORITHM]: 3 });
  });

  it('are not offered again by an upload that is repeated after they were claimed', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    await upload(alice, { one_time_keys: oneTimeKeys('a', 'b') });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:a`] });
    expect(await upload(alice, { one_time_keys: oneTimeKeys('a', 'b') })).toEqual({ [ALGORITHM]: 1 });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:b`] });
    expect(await claim(alice, alice)).toEqual({});
  });

  it('give way to the fallback key, which stays until it is replaced', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    await upload(alice, { one_time_keys: oneTimeKeys('a'), fallback_keys: fallbackKey('f1') });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:a`] });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:f1`] });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:f1`] });
    await upload(alice, { fallback_keys: fallbackKey('f2') });
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:f2`] });
  });

  it('survive a restart, claimed or not', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    await upload(alice, { one_time_keys: oneTimeKeys('a', 'b') });
    await claim(alice, alice);
    await one.restart();
    expect(await claim(alice, alice)).toEqual({ [alice.deviceId]: [`${ALGORITHM}:b`] });
    expect(await claim(alice, alice)).toEqual({});
  });

  it('refuses a claim of more algorithms than there are', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const devices = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`D${index}`, `algorithm${index}`]));
    expect(await alice.post('/keys/claim', { one_time_keys: { [alice.userId]: devices } })).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
  });
});
