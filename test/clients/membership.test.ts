import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import { Device } from './device.js';
import { until } from './until.js';
import { createEncryptedRoom } from './world.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let server: TestHomeserver;
let alice: Device;
let bob: Device;

beforeAll(async () => {
  server = await startHomeserver();
  for (const name of ['alice', 'bob', 'carol']) await server.register(name);
  alice = await Device.logIn(server, 'alice');
  bob = await Device.logIn(server, 'bob');
  await Promise.all([alice.start(), bob.start()]);
});
afterAll(async () => {
  for (const device of [alice, bob]) device[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});
afterEach(() => {
  for (const device of [alice, bob]) expect([...device.witness.stumbles]).toEqual([]);
});

it('lets somebody who left and came back read only what was said to them', async () => {
  const roomId = await createEncryptedRoom(alice, bob);
  await alice.say(roomId, 'hello bob');
  await bob.read(roomId, 'hello bob');
  await bob.client.leave(roomId);
  await bob.room(roomId, 'leave');
  await until('the leaving', async () => (await alice.room(roomId)).getMember(bob.userId)?.membership === 'leave');
  const whispered = await alice.say(roomId, 'bob is gone');
  await alice.client.invite(roomId, bob.userId);
  await bob.room(roomId, 'invite');
  await bob.client.joinRoom(roomId);
  await until('the return', async () => (await alice.room(roomId)).getMember(bob.userId)?.membership === 'join');
  await alice.say(roomId, 'welcome back');
  await bob.read(roomId, 'welcome back');
  const unread = bob.events(roomId).find((event) => event.getId() === whispered);
  expect(unread?.isDecryptionFailure() ?? true).toBe(true);
  await bob.say(roomId, 'thanks');
  await alice.read(roomId, 'thanks');
});

it('speaks to devices that come, and no longer to those that go', async () => {
  const roomId = await createEncryptedRoom(alice, bob);
  await alice.say(roomId, 'to one device');
  await bob.read(roomId, 'to one device');
  using tablet = await Device.logIn(server, 'bob');
  await tablet.start();
  await until('the new device', async () => (await alice.devicesOf(bob.userId)).includes(tablet.deviceId));
  await alice.say(roomId, 'to two devices');
  await bob.read(roomId, 'to two devices');
  await tablet.read(roomId, 'to two devices');
  const { deviceId } = tablet;
  await tablet.client.logout(true);
  await until('the end of the device', async () => !(await alice.devicesOf(bob.userId)).includes(deviceId));
  await alice.say(roomId, 'to one again');
  await bob.read(roomId, 'to one again');
});

it('catches up with what was said meanwhile, and pages back through it', async () => {
  using carol = await Device.logIn(server, 'carol');
  await carol.start();
  const roomId = await createEncryptedRoom(alice, bob, carol);
  await alice.say(roomId, 'before');
  await bob.read(roomId, 'before');
  bob.witness.unplug();
  await bob.goesOffline();
  for (let count = 1; count <= 30; count += 1) await (count % 2 ? alice : carol).say(roomId, `meanwhile ${count}`);
  await alice.client.setRoomName(roomId, 'Kitchen');
  await carol.client.leave(roomId);
  await alice.say(roomId, 'carol is gone');
  bob.witness.plugIn();
  await bob.comesBack();
  await bob.read(roomId, 'carol is gone');
  const room = await bob.room(roomId);
  expect(room.name).toBe('Kitchen');
  expect(room.getMember(carol.userId)?.membership).toBe('leave');
  expect(room.getJoinedMemberCount()).toBe(2);
  await until('what was said before', async () => {
    await bob.client.scrollback(room, 30);
    return bob.events(roomId).some((event) => event.getContent()['body'] === 'before');
  });
  for (let count = 1; count <= 30; count += 1) await bob.read(roomId, `meanwhile ${count}`);
  const said = bob.events(roomId).map((event) => event.getContent()['body']);
  expect(said.filter((body) => body?.startsWith('meanwhile'))).toEqual(
    Array.from({ length: 30 }, (_, index) => `meanwhile ${index + 1}`),
  );
});
