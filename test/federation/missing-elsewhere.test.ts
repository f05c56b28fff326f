import { expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import type { TestUser } from '../support/test-client.js';

it('asks others in the room for missing events when who sent what follows them is out of reach', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test', 'hs3.test']);
  const [alice, bob, carol] = (await Promise.all(
    ['hs1.test', 'hs2.test', 'hs3.test'].map((name) => federation.server(name).register('someone')),
  )) as [TestUser, TestUser, TestUser];
  const roomId: RoomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId, 'hs1.test');
  await carol.join(roomId, 'hs1.test');
  const arrives = (user: TestUser, eventId: string) => user.syncUntil(roomId, (event) => event.event_id === eventId);
  await arrives(bob, await carol.say(roomId, 'here I am'));

  federation.link('hs2.test', 'hs3.test').cut();
  const missed = await bob.say(roomId, 'what the third does not hear');
  await arrives(alice, missed);
  federation.link('hs3.test', 'hs1.test').cut();
  const after = await alice.say(roomId, 'what follows it');
  await arrives(carol, after);
  const { chunk } = await carol.messages(roomId, { dir: 'b', limit: 2 });
  expect(chunk.map(({ event_id }) => event_id)).toEqual([after, missed]);
});
