import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';
import { deviceIdentity, fallbackKey, oneTimeKeys, queryKeys } from './keys.js';

const PATH = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device';

let one: TestHomeserver;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

function dehydrated({ userId }: TestUser, deviceId: string) {
  const { deviceKeys } = deviceIdentity({ userId, deviceId } as TestUser);
  return {
    device_id: deviceId,
    device_data: { algorithm: 'org.matrix.msc3814.v2', pickle: `sealed ${deviceId}` },
    initial_device_display_name: 'Dehydrated',
    device_keys: { ...deviceKeys, dehydrated: true },
    one_time_keys: oneTimeKeys('a'),
    fallback_keys: fallbackKey('f'),
  };
}

it('leaves a device that others see and write to, and its user reads', async () => {
  const [alice, bob] = [await one.register('alice1'), await one.register('bob1')];
  expect(await alice.get(PATH)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  const sealed = dehydrated(alice, 'SEALED');
  expect(await alice.put(PATH, sealed)).toEqual({ status: 200, body: { device_id: 'SEALED' } });
  expect(await alice.ok('GET', PATH)).toEqual({ device_id: 'SEALED', device_data: sealed.device_data });
  const found = (await queryKeys(bob, alice)).device_keys[alice.userId];
  expect(found.SEALED).toMatchObject({ dehydrated: true, unsigned: { device_display_name: 'Dehydrated' } });

  await bob.sendToDevice('m.room.encrypted', { [alice.userId]: { SEALED: { n: 1 } } });
  await bob.sendToDevice('m.room.encrypted', { [alice.userId]: { '*': { n: 2 } } });
  const first = await alice.ok('POST', `${PATH}/SEALED/events`, { body: {} });
  expect(first.events.map(({ content }: { content: unknown }) => content)).toEqual([{ n: 1 }, { n: 2 }]);
  const { next_batch } = first;
  expect((await alice.ok('POST', `${PATH}/SEALED/events`, { body: { next_batch } })).events).toEqual([]);
});

it('puts one device in the place of the other', async () => {
  const [alice, bob] = [await one.register('alice2'), await one.register('bob2')];
  for (const id of ['FIRST', 'SECOND']) await alice.ok('PUT', PATH, { body: dehydrated(alice, id) });
  expect(Object.keys((await queryKeys(bob, alice)).device_keys[alice.userId])).toEqual(['SECOND']);
  expect(await alice.ok('DELETE', PATH)).toEqual({ device_id: 'SECOND' });
  expect(await alice.delete(PATH)).toMatchObject({ status: 404 });
  expect((await queryKeys(bob, alice)).device_keys[alice.userId]).toEqual({});
});

it('is gone with its device', async () => {
  const alice = await one.register('alice3');
  await alice.ok('PUT', PATH, { body: dehydrated(alice, 'SEALED') });
  await alice.ok('POST', '/logout/all', { body: {} });
  const again = await alice.logIn();
  expect(await again.get(PATH)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
});

it('takes no id of another device and gives no other device’s messages', async () => {
  const alice = await one.register('alice4');
  expect(await alice.put(PATH, dehydrated(alice, alice.deviceId))).toMatchObject({
    status: 400,
    body: { errcode: 'M_INVALID_PARAM' },
  });
  await alice.ok('PUT', PATH, { body: dehydrated(alice, 'SEALED') });
  expect(await alice.post(`${PATH}/${alice.deviceId}/events`, {})).toMatchObject({
    status: 403,
    body: { errcode: 'M_FORBIDDEN' },
  });
  expect(await alice.post(`${PATH}/SEALED/events`, { next_batch: 'x' })).toMatchObject({
    status: 400,
    body: { errcode: 'M_INVALID_PARAM' },
  });
  const { device_keys: _, ...keyless } = dehydrated(alice, 'OTHER');
  expect(await alice.put(PATH, keyless)).toMatchObject({ status: 400, body: { errcode: 'M_BAD_JSON' } });
});
