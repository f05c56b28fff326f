import { expect, it } from 'vitest';
import { Device } from './device.js';
import { until } from './until.js';
import { verifyByEmoji } from './verification.js';
import { createEncryptedRoom, inviteTo, startInvitingServer, stopForAWhile } from './world.js';

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
