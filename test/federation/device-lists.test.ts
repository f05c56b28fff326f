import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeReply, type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { crossSigningIdentity, deviceIdentity, queryKeys } from '../matrix/encryption/keys.js';

const DEVICES = /^\/_matrix\/federation\/v1\/user\/devices\//;
const QUERY = '/_matrix/federation/v1/user/keys/query';

let federation: TestFederation;
let one: TestHomeserver;
let fake: FakeServer;
let alice: TestUser;
let room: FakeRoom;
let fay: UserId;
let transactions = 0;
let people = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  fake = await federation.fakeServer('fake.test');
  fake.on('PUT', /^\/_matrix\/federation\/v1\/send\//, { body: { pdus: {} } });
  alice = await one.register('alice');
});
afterAll(() => federation.stop());

/** A room that the server that is played shares with Alice, with somebody of it whom nobody knows yet. */
async function share(): Promise<void> {
  fay = `@fay${(people += 1)}:fake.test`;
  room = new FakeRoom(fake, '11').letIn();
  room.add({ type: 'm.room.member', sender: fay, stateKey: fay, content: { membership: 'join' } });
  await alice.join(room.roomId, 'fake.test');
  await alice.sync();
}

const identity = (deviceId: string) => deviceIdentity({ userId: fay, deviceId } as unknown as TestUser).deviceKeys;

/** What the played server says of somebody's devices. */
function hasDevices(streamId: number, devices: readonly string[], more: JsonObject = {}): void {
  const list = devices.map((device_id) => ({ device_id, keys: identity(device_id) }));
  fake.on('GET', DEVICES, ({ path }) => ({
    body: { user_id: path[5], stream_id: streamId, devices: list, ...more },
  }));
}

const send = (...edus: readonly JsonObject[]) =>
  fake.ask(one, 'PUT', `/_matrix/federation/v1/send/t${(transactions += 1)}`, {
    origin: 'fake.test',
    origin_server_ts: Date.now(),
    pdus: [],
    edus,
  });

const update = (deviceId: string, streamId: number, prev: readonly number[], more: JsonObject = {}): JsonObject => ({
  edu_type: 'm.device_list_update',
  content: { user_id: fay, device_id: deviceId, stream_id: streamId, prev_id: prev, keys: identity(deviceId), ...more },
});

const devices = async (): Promise<string[]> =>
  Object.keys((await queryKeys(alice, { userId: fay })).device_keys[fay] ?? {}).toSorted();

const asked = () => fake.received(DEVICES).filter(({ path }) => path[5] === fay).length;

const hears = () => alice.syncUntilBody((body) => (body.device_lists?.changed?.includes(fay) ? true : undefined));

describe('a copy of a device list', () => {
  it('follows what is told of changes', async () => {
    await share();
    hasDevices(10, ['PHONE']);
    expect(await devices()).toEqual(['PHONE']);
    await send(update('TABLET', 12, [10]));
    await hears();
    expect(await devices()).toEqual(['PHONE', 'TABLET']);
    await send(update('PHONE', 13, [12], { deleted: true }));
    await hears();
    expect(await devices()).toEqual(['TABLET']);
    await send(update('TABLET', 12, [10], { deleted: true }));
    expect(await devices()).toEqual(['TABLET']);
    expect(asked()).toBe(1);
  });

  it('takes several changes of one transaction', async () => {
    await share();
    hasDevices(1, []);
    expect(await devices()).toEqual([]);
    await send(update('A', 2, [1]), update('B', 3, [2]), update('C', 4, [3]));
    expect(await devices()).toEqual(['A', 'B', 'C']);
    expect(asked()).toBe(1);
  });

  it.each([
    ['a change was missed', [11]],
    ['the change follows nothing', []],
  ])('is fetched anew when %s', async (_case, prev) => {
    await share();
    hasDevices(10, ['PHONE']);
    await devices();
    hasDevices(12, ['PHONE', 'MISSED', 'TABLET']);
    await send(update('TABLET', 12, prev));
    await hears();
    await expect.poll(asked).toBe(2);
    expect(await devices()).toEqual(['MISSED', 'PHONE', 'TABLET']);
    await send(update('PHONE', 13, [12], { deleted: true }));
    await expect.poll(devices).toEqual(['MISSED', 'TABLET']);
    expect(asked()).toBe(2);
  });

  it('is fetched again when something changed while it came', async () => {
    await share();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const old = { user_id: fay, stream_id: 5, devices: [{ device_id: 'OLD', keys: identity('OLD') }] };
    fake.on('GET', DEVICES, async () => {
      await held;
      return { body: old };
    });
    const asking = devices();
    await expect.poll(asked).toBe(1);
    await send(update('NEW', 6, [5]));
    hasDevices(6, ['OLD', 'NEW']);
    release();
    expect(await asking).toEqual(['OLD']);
    await expect.poll(devices).toEqual(['NEW', 'OLD']);
  });

  it('is asked for each time while its server cannot tell it whole', async () => {
    await share();
    fake.on('GET', DEVICES, { status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } });
    const answer = await queryKeys(alice, { userId: fay });
    expect(answer.device_keys[fay]).toBeUndefined();
    expect(answer.failures).toMatchObject({ 'fake.test': { message: expect.any(String) } });
    hasDevices(3, ['PHONE']);
    expect(await devices()).toEqual(['PHONE']);
  });

  it('comes later for many people at once, whose keys come in one answer', async () => {
    await share();
    const many = Array.from({ length: 20 }, (_, n): UserId => `@many${n}x${people}:fake.test`);
    const pdus = many.map((id) => {
      const content = { membership: 'join' };
      return room.add({ type: 'm.room.member', sender: id, stateKey: id, content }).pdu;
    });
    await fake.ask(one, 'PUT', `/_matrix/federation/v1/send/t${(transactions += 1)}`, {
      origin: 'fake.test',
      origin_server_ts: Date.now(),
      pdus,
    });
    hasDevices(4, []);
    fake.on('POST', QUERY, ({ body }) => ({
      body: { device_keys: Object.fromEntries(Object.keys(body.device_keys).map((id) => [id, {}])) },
    }));
    const device_keys = Object.fromEntries(many.map((id) => [id, []]));
    const before = fake.received(QUERY).length;
    const answer = await alice.ok('POST', '/keys/query', { body: { device_keys } });
    expect(Object.keys(answer.device_keys).toSorted()).toEqual(many.toSorted());
    expect(fake.received(QUERY)).toHaveLength(before + 1);
    const fetched = () => fake.received(DEVICES).filter(({ path }) => many.includes(path[5] as UserId)).length;
    await expect.poll(fetched).toBe(20);
    await alice.ok('POST', '/keys/query', { body: { device_keys } });
    expect(fake.received(QUERY)).toHaveLength(before + 1);
  });

  it('ends when nobody here shares a room any more', async () => {
    await share();
    hasDevices(1, ['PHONE']);
    await devices();
    await alice.leave(room.roomId);
    fake.on('POST', QUERY, { body: { device_keys: { [fay]: { OTHER: identity('OTHER') } } } });
    await expect.poll(devices).toEqual(['OTHER']);
    await send(update('PHONE', 2, [1]));
    expect(await devices()).toEqual(['OTHER']);
  });

  it('gets new cross-signing keys', async () => {
    await share();
    const before = crossSigningIdentity({ userId: fay }).body;
    hasDevices(1, [], { master_key: before.master_key, self_signing_key: before.self_signing_key });
    expect((await queryKeys(alice, { userId: fay })).master_keys[fay]).toMatchObject(before.master_key);
    const { master_key, self_signing_key } = crossSigningIdentity({ userId: fay }).body;
    await send({ edu_type: 'm.signing_key_update', content: { user_id: fay, master_key, self_signing_key } });
    await hears();
    const answer = await queryKeys(alice, { userId: fay });
    expect(answer.master_keys[fay]).toMatchObject(master_key);
    expect(answer.self_signing_keys[fay]).toMatchObject(self_signing_key);
  });
});

describe('a server that lies about keys', () => {
  it.each<[string, () => FakeReply]>([
    ['a list of somebody else', () => ({ body: { user_id: '@other:fake.test', stream_id: 1, devices: [] } })],
    ['a list without a number', () => ({ body: { user_id: fay, devices: [] }, isWrong: true })],
    ['no list', () => ({ body: [1, 2, 3], isWrong: true })],
    ['no JSON', () => ({ body: 'hello', isWrong: true })],
  ])('is not believed when it tells %s', async (_case, reply) => {
    await share();
    fake.on('GET', DEVICES, (request) => ({ ...reply(), ...(request.path[5] ? {} : {}) }));
    fake.on('POST', QUERY, { status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } });
    const answer = await queryKeys(alice, { userId: fay });
    expect(answer.device_keys[fay]).toBeUndefined();
    expect(answer.failures).toHaveProperty(['fake.test']);
  });

  it('gets keys of other devices and people left out', async () => {
    await share();
    const other = deviceIdentity({ userId: '@other:fake.test', deviceId: 'PHONE' } as unknown as TestUser).deviceKeys;
    const body = {
      user_id: fay,
      stream_id: 1,
      devices: [
        { device_id: 'PHONE', keys: other },
        { device_id: 'TABLET', keys: identity('LAPTOP') },
        { device_id: 'WATCH', keys: 'none' },
        { device_id: 'GOOD', keys: identity('GOOD'), device_display_name: 'good' },
        { device_id: 'HUGE', keys: { ...identity('HUGE'), more: 'x'.repeat(70_000) } },
        'nonsense',
      ],
      master_key: crossSigningIdentity({ userId: '@other:fake.test' }).body.master_key,
    };
    fake.on('GET', DEVICES, { body, isWrong: true });
    const answer = await queryKeys(alice, { userId: fay });
    expect(Object.keys(answer.device_keys[fay])).toEqual(['GOOD']);
    expect(answer.master_keys[fay]).toBeUndefined();
  });

  it('can say nothing of people of other servers', async () => {
    await share();
    hasDevices(1, ['PHONE']);
    await devices();
    await alice.sync();
    const content = { user_id: alice.userId, device_id: 'X', stream_id: 9, prev_id: [], keys: {} };
    const master_key = crossSigningIdentity(alice).body.master_key;
    await send(
      { edu_type: 'm.device_list_update', content },
      { edu_type: 'm.signing_key_update', content: { user_id: alice.userId, master_key } },
      { edu_type: 'm.direct_to_device', content: { sender: alice.userId, type: 'm.x', message_id: 'a', messages: {} } },
      { edu_type: 'm.device_list_update', content: { user_id: fay, device_id: 'Y', stream_id: 'soon' } },
    );
    const answer = await queryKeys(alice, alice);
    expect(answer.device_keys[alice.userId]).not.toHaveProperty('X');
    expect(answer.master_keys[alice.userId]).toBeUndefined();
    expect((await alice.sync()).device_lists?.changed ?? []).toEqual([]);
  });

  it('gives no other keys than those that were claimed', async () => {
    await share();
    const key = { key: 'abc', signatures: {} };
    const one_time_keys = {
      [fay]: {
        PHONE: { 'other_algorithm:AA': key, 'signed_curve25519:AA': key },
        TABLET: { 'signed_curve25519:B': key },
      },
      '@other:fake.test': { PHONE: { 'signed_curve25519:AA': key } },
    };
    fake.on('POST', '/_matrix/federation/v1/user/keys/claim', { body: { one_time_keys } });
    const body = { one_time_keys: { [fay]: { PHONE: 'signed_curve25519' } } };
    expect(await alice.ok('POST', '/keys/claim', { body })).toEqual({
      failures: {},
      one_time_keys: { [fay]: { PHONE: { 'signed_curve25519:AA': key } } },
    });
  });

  it('holds nobody up by being slow', async () => {
    await share();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    fake.on('GET', DEVICES, async () => {
      await held;
      return { body: { user_id: fay, stream_id: 1, devices: [] } };
    });
    const body = { device_keys: { [fay]: [], [alice.userId]: [] }, timeout: 200 };
    const answer = await alice.ok('POST', '/keys/query', { body });
    expect(answer.device_keys).toEqual({ [alice.userId]: {} });
    expect(answer.failures).toHaveProperty(['fake.test']);
    release();
  });
});

describe('a server that is told of our devices', () => {
  it('hears of them when somebody here joins a room of its', async () => {
    const bob = await one.register('bob');
    room = new FakeRoom(fake, '11').letIn();
    await bob.join(room.roomId, 'fake.test');
    const told = () =>
      fake.received(/\/send\//).flatMap(({ body }) => (body.edus ?? []) as { edu_type: string; content: JsonObject }[]);
    await expect
      .poll(() => told().find(({ content }) => content['user_id'] === bob.userId)?.content)
      .toMatchObject({ device_id: bob.deviceId, prev_id: [] });
  });
});
