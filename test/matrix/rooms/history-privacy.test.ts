import { expect, it } from 'vitest';
import { sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();
const lazy = { filter: JSON.stringify({ lazy_load_members: true }) };

it('the context of one’s own membership shows no state to those who never were in the room', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ name: 'Secret' });
  await bob.sync();
  await alice.invite(roomId, bob);
  await bob.leave(roomId);
  const [leaving] = (await bob.sync()).rooms.leave[roomId].timeline.events.slice(-1);
  const { event, state } = await bob.context(roomId, leaving.event_id);
  expect(event.content.membership).toBe('leave');
  expect(state).toEqual([]);
});

it('the context of what happened to somebody later shows the state as they left it', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
  await bob.join(roomId);
  await bob.leave(roomId);
  await bob.sync();
  await alice.setState(roomId, 'm.room.name', { name: 'Without Bob' });
  await alice.moderate('ban', roomId, bob.userId);
  const [ban] = (await bob.sync()).rooms.leave[roomId].timeline.events.slice(-1);
  const { event, state } = await bob.context(roomId, ban.event_id);
  expect(event.content.membership).toBe('ban');
  expect(state.find(({ type }: { type: string }) => type === 'm.room.name').content).toEqual({ name: 'Hall' });
});

it('history comes with members as they were when the reader left', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await alice.say(roomId, 'hello');
  await bob.leave(roomId);
  await alice.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Renamed' }, alice.userId);
  const { state } = (await bob.messages(roomId, { dir: 'b', ...lazy })) as any;
  const shown = state.find(({ state_key }: { state_key: string }) => state_key === alice.userId);
  expect(shown.content).toMatchObject({ membership: 'join' });
  expect(shown.content.displayname).not.toBe('Renamed');
});
