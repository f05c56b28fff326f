import { expect, it } from 'vitest';
import type { RoomId } from '../src-main/spec/ids.js';
import { startHomeserver } from './support/homeserver.js';
import type { TestUser } from './support/test-client.js';

const MEGABYTE = 1024 * 1024;

/** Unread notifications of every room that the user is in, as a first sync tells them. */
async function unread(user: TestUser): Promise<Record<RoomId, number>> {
  const { rooms } = await user.ok('GET', '/sync', { query: { filter: '{"room":{"timeline":{"limit":1}}}' } });
  const joined = Object.entries<any>(rooms?.join ?? {});
  return Object.fromEntries(joined.map(([id, room]) => [id, room.unread_notifications.notification_count]));
}

const long = (index: number) => `${index} ${'words '.repeat(500)}`;

it('serves everything with little memory for caches, and never holds more than that', async () => {
  await using one = await startHomeserver({ config: { cacheBytes: MEGABYTE } });
  const alice = await one.register('alice');
  const bob = await one.register('bob', { displayName: 'Bob' });
  const rooms = await Promise.all(
    Array.from({ length: 12 }, (_, index) => alice.createRoom({ preset: 'public_chat', name: `Room ${index}` })),
  );
  await Promise.all(rooms.map((roomId) => bob.join(roomId)));
  await bob.sync();
  for (const roomId of rooms) await Promise.all([0, 1, 2].map((index) => alice.say(roomId, long(index))));

  expect(Object.keys((await bob.sync()).rooms.join).sort()).toEqual(rooms.toSorted());
  expect(Object.values(await unread(bob))).toEqual(rooms.map(() => 3));
  for (const roomId of rooms) {
    const { chunk } = await bob.messages(roomId, { limit: 100 });
    expect(chunk.filter(({ type }) => type === 'm.room.message')).toHaveLength(3);
    await bob.receipt(roomId, chunk[0]?.event_id ?? '$none');
  }
  expect(Object.values(await unread(bob))).toEqual(rooms.map(() => 0));

  const report = one.homeserver.caches.report();
  expect(report.find(({ name }) => name === 'events')?.bytes).toBeGreaterThan(0.3 * MEGABYTE);
  expect(report.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MEGABYTE);
});

it('goes on as before when all caches are emptied', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  const bob = await one.register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await bob.sync();
  const eventId = await alice.say(roomId, 'hello');

  one.homeserver.caches.clear();

  expect((await bob.sync()).rooms.join[roomId].timeline.events).toMatchObject([{ event_id: eventId }]);
  await bob.say(roomId, 'good day');
  expect(await unread(alice)).toEqual({ [roomId]: 1 });
  expect((await alice.messages(roomId)).chunk[0]).toMatchObject({ content: { body: 'good day' } });
});
