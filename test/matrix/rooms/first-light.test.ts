import { expect, it } from 'vitest';
import { startHomeserver } from '../../support/homeserver.js';

it('lets two people talk in a room', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  const bob = await one.register('bob');
  const { room_id: roomId } = await alice.ok('POST', '/createRoom', {
    body: { preset: 'private_chat', name: 'Kitchen', invite: [bob.userId] },
  });
  const invited = await bob.ok('GET', '/sync');
  expect(Object.keys((invited as any).rooms.invite)).toEqual([roomId]);
  await bob.ok('POST', `/rooms/${encodeURIComponent(roomId as string)}/join`, { body: {} });
  const since = ((await bob.ok('GET', '/sync')) as any).next_batch;
  const waiting = bob.ok('GET', `/sync?timeout=10000&since=${since}`);
  const { event_id: eventId } = await alice.ok(
    'PUT',
    `/rooms/${encodeURIComponent(roomId as string)}/send/m.room.message/1`,
    { body: { msgtype: 'm.text', body: 'hello' } },
  );
  const news = (await waiting) as any;
  expect(news.rooms.join[roomId as string].timeline.events[0]).toMatchObject({
    event_id: eventId,
    content: { body: 'hello' },
  });
});
