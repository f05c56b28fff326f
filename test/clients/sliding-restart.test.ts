import { MSC3575_STATE_KEY_ME, MSC3575_WILDCARD, SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js';
import { expect, it, vi } from 'vitest';
import { startHomeserver } from '../support/homeserver.js';
import { Device } from './device.js';
import { until } from './until.js';
import { createEncryptedRoom, stopForAWhile } from './world.js';

vi.setConfig({ testTimeout: 120_000 });

it('lets a client with sliding sync talk to one without, encrypted, through a restart', async () => {
  await using server = await startHomeserver();
  for (const name of ['alice', 'bob']) await server.register(name);
  using alice = await Device.logIn(server, 'alice');
  using bob = await Device.logIn(server, 'bob');
  await bob.start();
  await alice.start({ slidingSync: slidingSync(server.url, alice), threadSupport: false });
  const roomId = await createEncryptedRoom(bob, alice);

  await bob.say(roomId, 'hello alice');
  await alice.read(roomId, 'hello alice');
  await alice.say(roomId, 'hello bob');
  await bob.read(roomId, 'hello bob');

  const pause = await stopForAWhile(server);
  await bob.goesOffline();
  await pause.again();
  await bob.comesBack();
  await bob.say(roomId, 'still here?');
  await alice.read(roomId, 'still here?');

  const room = await alice.room(roomId);
  await bob.client.setRoomName(roomId, 'Kitchen');
  await until('the name', () => room.name === 'Kitchen');
  await bob.client.sendTyping(roomId, true, 20_000);
  await until('typing', () => room.getMember(bob.userId)?.typing);
  for (const device of [alice, bob]) expect([...device.witness.stumbles]).toEqual([]);
});

function slidingSync(url: string, { client }: Device): SlidingSync {
  const list = {
    ranges: [[0, 20]],
    timeline_limit: 10,
    required_state: [
      ['m.room.join_rules', ''],
      ['m.room.name', ''],
      ['m.room.encryption', ''],
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
      ['m.room.member', MSC3575_STATE_KEY_ME],
      ['m.room.member', '$LAZY'],
      ['m.space.child', MSC3575_WILDCARD],
    ],
  };
  return new SlidingSync(
    url,
    new Map([['all', list]]),
    { timeline_limit: 20, required_state: list.required_state },
    client,
    30_000,
  );
}
