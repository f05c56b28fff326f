import { expect, it, vi } from 'vitest';
import { startFederation } from '../support/federation.js';
import { Device } from './device.js';
import { until } from './until.js';
import { verifyInRoom } from './verification.js';
import { createEncryptedRoom } from './world.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

it('lets people of two servers talk encrypted, through an outage, with a device that comes later', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test']);
  const [one, two] = [federation.server('hs1.test'), federation.server('hs2.test')];
  await one.register('alice');
  await two.register('bob');
  using alice = await Device.logIn(one, 'alice');
  using bob = await Device.logIn(two, 'bob');
  await Promise.all([alice.start(), bob.start()]);
  const roomId = await createEncryptedRoom(alice, bob);

  await until('the other device', async () => (await alice.devicesOf(bob.userId)).includes(bob.deviceId));
  await alice.say(roomId, 'hello from the first server');
  expect((await bob.read(roomId, 'hello from the first server')).isEncrypted()).toBe(true);
  await bob.say(roomId, 'hello from the second');
  expect((await alice.read(roomId, 'hello from the second')).isEncrypted()).toBe(true);

  federation.cut('hs1.test', 'hs2.test');
  await alice.say(roomId, 'is anybody there?');
  federation.heal('hs1.test', 'hs2.test');
  await bob.say(roomId, 'the line was dead');
  await bob.read(roomId, 'is anybody there?');
  await alice.read(roomId, 'the line was dead');

  using tablet = await Device.logIn(two, 'bob');
  await tablet.start();
  await until('the new device', async () => (await alice.devicesOf(bob.userId)).includes(tablet.deviceId));
  await alice.say(roomId, 'and to your tablet');
  for (const device of [bob, tablet]) {
    expect((await device.read(roomId, 'and to your tablet')).isDecryptionFailure()).toBe(false);
  }
  await tablet.client.logout(true);
  await until('one device less', async () => !(await alice.devicesOf(bob.userId)).includes(tablet.deviceId));
  for (const device of [alice, bob]) expect([...device.witness.stumbles]).toEqual([]);
});

it('lets people of two servers verify each other', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test']);
  const [one, two] = [federation.server('hs1.test'), federation.server('hs2.test')];
  await one.register('alice');
  await two.register('bob');
  using alice = await Device.logIn(one, 'alice');
  using bob = await Device.logIn(two, 'bob');
  await Promise.all([alice.start(), bob.start()]);
  await Promise.all([alice.setUpRecovery(), bob.setUpRecovery()]);
  const roomId = await createEncryptedRoom(alice, bob);
  await alice.say(roomId, 'is it you?');
  await bob.read(roomId, 'is it you?');

  const [shown, shownThere] = await verifyInRoom(alice, bob, roomId);
  expect(shown).toBe(shownThere);
  await until('trust', async () => (await alice.crypto.getUserVerificationStatus(bob.userId)).isVerified());
  await until('trust', async () => (await bob.crypto.getUserVerificationStatus(alice.userId)).isVerified());
});
