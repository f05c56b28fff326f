import { SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js';
import { expect, it, vi } from 'vitest';
import { Device } from './device.js';
import { until } from './until.js';
import { createEncryptedRoom, createRoom, inviteTo, startInvitingServer } from './world.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const WINDOW = {
  ranges: [[0, 19]],
  timeline_limit: 5,
  required_state: [
    ['*', '*'],
    ['m.room.member', '$LAZY'],
  ],
};
const OPENED = { timeline_limit: 50, required_state: [['*', '*']] };

/** Lets a device of matrix-js-sdk sync by sliding sync. */
async function slide(device: Device): Promise<SlidingSync> {
  const { client } = device;
  const slidingSync = new SlidingSync(client.getHomeserverUrl(), new Map([['list', WINDOW]]), OPENED, client, 2000);
  await device.start({ slidingSync });
  return slidingSync;
}

it('lets matrix-js-sdk chat, encrypted, by sliding sync', async () => {
  await using server = await startInvitingServer();
  const invitation = await inviteTo(server, 2);
  using alice = await Device.register(server, 'alice', invitation);
  using bob = await Device.register(server, 'bob', invitation);
  await alice.start();
  const sliding = await slide(bob);

  const roomId = await createEncryptedRoom(alice, bob);
  await alice.say(roomId, 'hello bob');
  expect((await bob.read(roomId, 'hello bob')).isEncrypted()).toBe(true);
  await bob.say(roomId, 'hello alice');
  expect((await alice.read(roomId, 'hello alice')).isEncrypted()).toBe(true);

  const plain = await createRoom(alice, bob);
  await alice.client.setRoomName(plain, 'Kitchen');
  await until('the name', () => bob.client.getRoom(plain)?.name === 'Kitchen');
  await alice.client.sendTyping(plain, true, 10_000);
  const writer = () => bob.client.getRoom(plain)?.getMember(alice.userId);
  await until('typing', () => writer()?.typing);
  await alice.client.sendTyping(plain, false, 0);
  await until('the end of typing', () => writer()?.typing === false);
  await until('both rooms', () => sliding.getListData('list')?.joinedCount === 2);

  for (let n = 0; n < 10; n += 1) await alice.say(plain, `message ${n}`);
  await bob.read(plain, 'message 9');
  sliding.modifyRoomSubscriptions(new Set([plain]));
  await bob.read(plain, 'message 0');
  await alice.client.kick(plain, bob.userId, 'closing time');
  await bob.room(plain, 'leave');

  expect([...bob.witness.stumbles, ...alice.witness.stumbles]).toEqual([]);
});
