import { expect, it } from 'vitest';
import type { Removal } from '../../src-main/matrix/rooms/index.js';
import { startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const ERASE = { by: undefined, block: false, purge: true } as const;

async function over(one: TestHomeserver, { id }: Removal): Promise<Removal | undefined> {
  const { removals } = one.homeserver.rooms;
  await expect.poll(async () => (await removals.one(id))?.ended, { timeout: 25_000 }).toBeGreaterThan(0);
  return removals.one(id);
}

it('erases a room only once the others have heard that everybody left, and can come back to it', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test']);
  const [one, two] = federation.servers as [TestHomeserver, TestHomeserver];
  const [alice, bob] = [await one.register('alice'), await two.register('bob')];
  const roomId = await bob.createRoom({ preset: 'public_chat', name: 'Far' });
  await alice.join(roomId, 'hs2.test');
  const said = await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'hello' });
  await bob.syncUntil(roomId, (event) => event.event_id === said);

  const removed = await over(one, await one.homeserver.rooms.removals.removeRoom(roomId, ERASE));
  expect(removed).toMatchObject({ state: 'done', result: { removed: [alice.userId] } });
  const left = await bob.ok('GET', `/rooms/${roomId}/state/m.room.member/${alice.userId}`);
  expect(left.membership).toBe('leave');

  const fresh = await bob.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'without you' });
  await alice.join(roomId, 'hs2.test');
  const more = await bob.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'welcome back' });
  const event = await alice.syncUntil(roomId, (candidate) => candidate.event_id === more);
  expect(event.content.body).toBe('welcome back');
  expect(fresh).not.toBe(more);
  await expect.poll(async () => (await one.homeserver.rooms.figures.one(roomId))?.name).toBe('Far');
});

it('invites nobody here to a room that is blocked', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test']);
  const [one, two] = federation.servers as [TestHomeserver, TestHomeserver];
  const [alice, bob] = [await one.register('alice'), await two.register('bob')];
  const roomId = await bob.createRoom({ preset: 'private_chat' });
  await one.homeserver.rooms.blocked.block(roomId, undefined);
  const reply = await bob.post(`/rooms/${roomId}/invite`, { user_id: alice.userId });
  expect(reply.status).toBe(403);
  await one.homeserver.rooms.blocked.unblock(roomId);
  await bob.moderate('invite', roomId, alice.userId);
});
