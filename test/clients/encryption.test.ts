import { expect, it, vi } from 'vitest';
import { startHomeserver } from '../support/homeserver.js';
import { Device } from './device.js';
import { until } from './until.js';
import { verifyByEmoji, verifyInRoom } from './verification.js';
import { createEncryptedRoom, inviteTo, startInvitingServer, stopForAWhile } from './world.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

it('lets two people talk encrypted, through a restart, and on a device that comes later', async () => {
  await using server = await startInvitingServer();
  const invitation = await inviteTo(server, 2);
  using alice = await Device.register(server, 'alice', invitation);
  using bob = await Device.register(server, 'bob', invitation);
  await Promise.all([alice.start(), bob.start()]);
  await alice.setUpRecovery();
  await bob.setUpRecovery();
  const roomId = await createEncryptedRoom(alice, bob);

  await alice.say(roomId, 'hello bob');
  expect((await bob.read(roomId, 'hello bob')).isEncrypted()).toBe(true);
  await bob.say(roomId, 'hello alice');
  expect((await alice.read(roomId, 'hello alice')).isEncrypted()).toBe(true);

  const pause = await stopForAWhile(server);
  await Promise.all([alice.goesOffline(), bob.goesOffline()]);
  await expect(alice.say(roomId, 'still here?')).rejects.toThrow();
  await pause.again();
  await Promise.all([alice.comesBack(), bob.comesBack()]);
  await bob.read(roomId, 'still here?');
  await bob.say(roomId, 'always');
  await alice.read(roomId, 'always');

  // The keys of what either of them says; clients take their time to put them there.
  await until('the keys in the backup', async () => (await alice.backedUp()) === 2);
  using tablet = await Device.logIn(server, 'alice');
  await tablet.start();
  const [shown, shownThere] = await verifyByEmoji(tablet, alice);
  expect(shown.split(' ')).toHaveLength(7);
  expect(shown).toBe(shownThere);
  await until(
    'a device that its owner signed',
    async () => (await bob.crypto.getDeviceVerificationStatus(alice.userId, tablet.deviceId))?.signedByOwner,
  );
  await until('the backup key from the other device', () => tablet.crypto.getSessionBackupPrivateKey());
  await tablet.crypto.checkKeyBackupAndEnable();
  const { imported } = await tablet.crypto.restoreKeyBackup();
  expect(imported).toBeGreaterThan(0);
  for (const body of ['hello bob', 'hello alice', 'still here?', 'always']) await tablet.read(roomId, body);

  await bob.say(roomId, 'and to your tablet');
  await tablet.read(roomId, 'and to your tablet');
  for (const device of [alice, bob, tablet]) expect([...device.witness.stumbles]).toEqual([]);
});

it('opens everything on a new device with the recovery key alone', async () => {
  await using server = await startHomeserver();
  for (const name of ['alice', 'bob']) await server.register(name);
  using bob = await Device.logIn(server, 'bob');
  const lost = await Device.logIn(server, 'alice');
  await Promise.all([lost.start(), bob.start()]);
  await lost.setUpRecovery();
  const roomId = await createEncryptedRoom(lost, bob);
  await bob.say(roomId, 'remember this');
  await lost.read(roomId, 'remember this');
  await until('the key in the backup', async () => (await lost.backedUp()) === 1);
  await lost.client.logout(true);

  using found = await Device.logIn(server, 'alice');
  found.recoveryKey = lost.recoveryKey;
  await found.start();
  expect(await found.crypto.userHasCrossSigningKeys(found.userId, true)).toBe(true);
  await found.crypto.bootstrapCrossSigning({});
  await found.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  await found.crypto.checkKeyBackupAndEnable();
  expect((await found.crypto.restoreKeyBackup()).imported).toBe(1);
  await found.read(roomId, 'remember this');
  const status = () => found.crypto.getDeviceVerificationStatus(found.userId, found.deviceId);
  await until('the own signature', async () => (await status())?.crossSigningVerified);
  expect(await found.crypto.isCrossSigningReady()).toBe(true);
});

it('lets two people verify each other in their room', async () => {
  await using server = await startHomeserver();
  for (const name of ['alice', 'bob']) await server.register(name);
  using alice = await Device.logIn(server, 'alice');
  using bob = await Device.logIn(server, 'bob');
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
