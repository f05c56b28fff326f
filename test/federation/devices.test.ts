import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { crossSigningIdentity, oneTimeKeys, queryKeys, uploadIdentity } from '../matrix/encryption/keys.js';

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test', 'hs3.test'], {
    config: (name) => ({ federation: { allowDeviceNameLookup: name !== 'hs3.test' } }),
  });
  one = federation.server('hs1.test');
  two = federation.server('hs2.test');
});
afterAll(() => federation.stop());

/** Somebody new, so that nothing is known of them elsewhere. */
const newcomer = (server: TestHomeserver) => server.register(`user${(count += 1)}`);

/** Two people of different servers in one room. */
async function together(): Promise<{ alice: TestUser; bob: TestUser; roomId: RoomId }> {
  const [alice, bob] = [await newcomer(one), await newcomer(two)];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId, 'hs1.test');
  await alice.syncUntil(roomId, (event) => event.type === 'm.room.member' && event.state_key === bob.userId);
  return { alice, bob, roomId };
}

/** Syncs until somebody's devices are said to have changed. */
const hearsOf = (user: TestUser, other: TestUser) =>
  user.syncUntilBody((body) => (body.device_lists?.changed?.includes(other.userId) ? true : undefined));

/** Waits until these are the devices of somebody, and a sync has told to ask for them. */
async function comesToKnow(user: TestUser, other: TestUser, ...devices: TestUser[]): Promise<void> {
  const ids = async () => Object.keys(await devicesOf(user, other)).toSorted();
  await expect.poll(ids).toEqual(devices.map(({ deviceId }) => deviceId).toSorted());
  await hearsOf(user, other);
}

const devicesOf = async (asking: TestUser, other: TestUser): Promise<Record<string, JsonObject>> =>
  (await queryKeys(asking, other)).device_keys[other.userId] ?? {};

const exchanges = (operation: string, from: string) =>
  federation.exchanges.filter((seen) => seen.from === from && seen.operation?.endsWith(operation)).length;

describe('keys of somebody elsewhere', () => {
  it('are told by their server, and can be claimed, without a room in common', async () => {
    const [alice, bob] = [await newcomer(one), await newcomer(two)];
    const { deviceKeys } = await uploadIdentity(bob);
    await bob.ok('POST', '/keys/upload', { body: { one_time_keys: oneTimeKeys('AAAAAA') } });
    const answer = await queryKeys(alice, bob, alice);
    expect(answer.failures).toEqual({});
    expect(answer.device_keys[bob.userId][bob.deviceId]).toMatchObject(deviceKeys);
    expect(answer.device_keys[alice.userId]).toEqual({});

    const one_time_keys = { [bob.userId]: { [bob.deviceId]: 'signed_curve25519' } };
    const claim = () => alice.ok('POST', '/keys/claim', { body: { one_time_keys } });
    const claimed = oneTimeKeys('AAAAAA');
    expect(await claim()).toEqual({ failures: {}, one_time_keys: { [bob.userId]: { [bob.deviceId]: claimed } } });
    expect(await claim()).toEqual({ failures: {}, one_time_keys: {} });
  });

  it('are asked for once by those who share a room, and kept in step from then on', async () => {
    const { alice, bob } = await together();
    await uploadIdentity(bob);
    await comesToKnow(alice, bob, bob);
    const asked = exchanges('#getUserDevices', 'hs1.test');
    const phone = await bob.logIn({ initial_device_display_name: 'phone' });
    await uploadIdentity(phone);
    await comesToKnow(alice, bob, bob, phone);
    const { [phone.deviceId]: keys } = await devicesOf(alice, bob);
    expect(keys).toMatchObject({ unsigned: { device_display_name: 'phone' } });
    await phone.ok('POST', '/logout', { body: {} });
    await comesToKnow(alice, bob, bob);
    expect(exchanges('#getUserDevices', 'hs1.test')).toBe(asked);
  });

  it('come in with whoever joins', async () => {
    const { alice, roomId } = await together();
    const carol = await newcomer(two);
    await uploadIdentity(carol);
    await alice.sync();
    await carol.join(roomId, 'hs1.test');
    await hearsOf(alice, carol);
    expect(Object.keys(await devicesOf(alice, carol))).toEqual([carol.deviceId]);
  });

  it('are forgotten with whoever leaves', async () => {
    const { alice, bob, roomId } = await together();
    await uploadIdentity(bob);
    await hearsOf(alice, bob);
    await devicesOf(alice, bob);
    await bob.leave(roomId);
    await alice.syncUntilBody((body) => (body.device_lists?.left?.includes(bob.userId) ? true : undefined));
    const asked = exchanges('#queryUserEncryptionKeys', 'hs1.test');
    await expect
      .poll(async () => {
        await devicesOf(alice, bob);
        return exchanges('#queryUserEncryptionKeys', 'hs1.test');
      })
      .toBeGreaterThan(asked);
  });

  it('say who vouches for them', async () => {
    const { alice, bob } = await together();
    await uploadIdentity(bob);
    await hearsOf(alice, bob);
    await queryKeys(alice, bob);
    const identity = crossSigningIdentity(bob);
    await bob.ok('POST', '/keys/device_signing/upload', { body: identity.body });
    const master = async () => (await queryKeys(alice, bob)).master_keys[bob.userId];
    await expect.poll(master).toMatchObject(identity.body.master_key);
    await hearsOf(alice, bob);
    const answer = await queryKeys(alice, bob);
    expect(answer.self_signing_keys[bob.userId]).toMatchObject(identity.body.self_signing_key);
    expect(answer.user_signing_keys[bob.userId]).toBeUndefined();
  });

  it('are told without the names of devices where their server is set so', async () => {
    const alice = await newcomer(one);
    const dave = await newcomer(federation.server('hs3.test'));
    const phone = await dave.logIn({ initial_device_display_name: 'phone' });
    await uploadIdentity(phone);
    const devices = await devicesOf(alice, dave);
    expect(devices[phone.deviceId]).toMatchObject({ user_id: dave.userId });
    expect(devices[phone.deviceId]).not.toHaveProperty('unsigned');
  });

  it('are missing, and others are not, while their server is out of reach', async () => {
    const [alice, bob, dave] = [
      await newcomer(one),
      await newcomer(two),
      await newcomer(federation.server('hs3.test')),
    ];
    await uploadIdentity(bob);
    await uploadIdentity(dave);
    federation.cut('hs1.test', 'hs3.test');
    const answer = await queryKeys(alice, bob, dave);
    expect(Object.keys(answer.device_keys[bob.userId])).toEqual([bob.deviceId]);
    expect(answer.device_keys[dave.userId]).toBeUndefined();
    expect(answer.failures).toMatchObject({ 'hs3.test': { status: 503 } });
    federation.heal('hs1.test', 'hs3.test');
  });

  it('catch up after an outage', async () => {
    const { alice, bob, roomId } = await together();
    await uploadIdentity(bob);
    await hearsOf(alice, bob);
    await devicesOf(alice, bob);
    federation.cut('hs1.test', 'hs2.test');
    const phone = await bob.logIn();
    await uploadIdentity(phone);
    federation.heal('hs1.test', 'hs2.test');
    await alice.say(roomId, 'are you there?');
    await comesToKnow(alice, bob, bob, phone);
  });
});

/** A message of a type that came to a device. */
const received = (user: TestUser, type: string) =>
  user.syncUntilBody((body) => body.to_device?.events.find((event: JsonObject) => event['type'] === type));

describe('messages to devices elsewhere', () => {
  it('arrive, at one device or at all', async () => {
    const [alice, bob] = [await newcomer(one), await newcomer(two)];
    const tablet = await bob.logIn();
    await alice.sendToDevice('m.hello', { [bob.userId]: { [bob.deviceId]: { n: 1 } } });
    expect(await received(bob, 'm.hello')).toEqual({ type: 'm.hello', sender: alice.userId, content: { n: 1 } });
    await alice.sendToDevice('m.all', { [bob.userId]: { '*': { n: 2 } } });
    for (const device of [bob, tablet]) expect(await received(device, 'm.all')).toMatchObject({ content: { n: 2 } });
    expect((await tablet.sync()).to_device?.events ?? []).toEqual([]);
  });

  it('arrive once and in order, after an outage and a restart', async () => {
    const [alice, bob] = [await newcomer(one), await newcomer(two)];
    await bob.sync();
    federation.cut('hs1.test', 'hs2.test');
    for (const n of [1, 2, 3]) await alice.sendToDevice('m.late', { [bob.userId]: { [bob.deviceId]: { n } } });
    await one.restart();
    federation.heal('hs1.test', 'hs2.test');
    await bob.get(`/profile/${alice.userId}`);
    const got: number[] = [];
    await bob.syncUntilBody((body) => {
      for (const event of body.to_device?.events ?? []) got.push(event.content.n);
      return got.length >= 3 ? true : undefined;
    });
    expect(got).toEqual([1, 2, 3]);
  });
});
