import { expect, it } from 'vitest';
import { sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();

it('search does not even count what was said before the reader could hear it', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({
    preset: 'public_chat',
    initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } }],
  });
  await alice.say(roomId, 'the layoffs begin on monday');
  await bob.join(roomId);
  await alice.say(roomId, 'welcome to the canteen');
  const search = async (user: typeof bob, search_term: string) => {
    const body = await user.ok('POST', '/search', { body: { search_categories: { room_events: { search_term } } } });
    return body.search_categories.room_events;
  };
  await expect.poll(async () => (await search(bob, 'canteen')).count).toBe(1);
  expect(await search(alice, 'layoffs')).toMatchObject({ count: 1 });
  expect(await search(bob, 'layoffs')).toMatchObject({ count: 0, results: [] });
});
