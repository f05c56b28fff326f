import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver } from '../../support/homeserver.js';
import { said, SlidingClient, stateOf } from './sliding-client.js';

const STATE = [
  ['m.room.name', ''],
  ['m.room.encryption', ''],
  ['m.room.member', '$LAZY'],
  ['m.room.member', '$ME'],
  ['m.room.topic', ''],
  ['m.room.avatar', ''],
  ['m.room.canonical_alias', ''],
  ['m.room.power_levels', ''],
  ['org.matrix.msc3401.call.member', '*'],
  ['m.room.join_rules', ''],
  ['m.room.tombstone', ''],
  ['m.room.create', ''],
  ['m.room.history_visibility', ''],
  ['io.element.functional_members', ''],
  ['m.space.parent', '*'],
  ['m.space.child', '*'],
  ['org.matrix.msc3672.beacon_info', '*'],
] as const;

const rooms = (last: number) => ({
  lists: { all_rooms: { range: [0, last] as const, limit: 1, state: STATE, filters: {} } },
  extensions: {
    account_data: { enabled: true },
    receipts: { enabled: true, rooms: ['*'] },
    typing: { enabled: true },
    'io.element.msc4308.thread_subscriptions': { enabled: true, limit: 10 },
  },
});
const encryption = (since?: string) => ({
  extensions: { e2ee: { enabled: true }, to_device: { enabled: true, since } },
});

it('lets Element X sign in, grow its list, open a room and come back after a restart', async () => {
  await using server = await startHomeserver();
  const { unstable_features } = await server.stranger.ok('GET', '/_matrix/client/versions');
  expect(unstable_features).toMatchObject({ 'org.matrix.simplified_msc3575': true });
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  const ids: RoomId[] = [];
  for (let n = 0; n < 25; n += 1) {
    ids.push(await bob.createRoom({ preset: 'public_chat', name: `Room ${n}` }));
    await alice.join(ids[n] as RoomId);
  }
  const oldest = ids[0] as RoomId;
  const pinned = await bob.say(oldest, 'pin me');
  await bob.setState(oldest, 'm.room.pinned_events', { pinned: [pinned] });

  const list = new SlidingClient(alice, 'unstable', 'room-list');
  const crypto = new SlidingClient(alice, 'unstable', 'encryption');
  const [page, keys] = await Promise.all([list.sync(rooms(19)), crypto.sync(encryption())]);
  expect(page.lists['all_rooms']).toEqual({ count: 25 });
  expect(Object.keys(page.rooms)).toHaveLength(20);
  expect(Object.values(page.rooms).every((room) => room['initial'] && room.timeline?.length === 1)).toBe(true);
  expect(stateOf(page.rooms[oldest])).toEqual(
    expect.arrayContaining(['m.room.create|', 'm.room.power_levels|', `m.room.member|${alice.userId}`]),
  );
  expect(keys.rooms).toEqual({});
  expect(Object.keys(keys.extensions).sort()).toEqual(['e2ee', 'to_device']);
  expect(Object.keys((await list.sync(rooms(99))).rooms)).toHaveLength(5);

  // Both wait; a message wakes the list only, a message between devices the other only.
  const since = keys.extensions.to_device.next_batch;
  const waiting = list.sync({ ...rooms(99), timeout: 20_000 });
  const waitingForKeys = crypto.sync({ ...encryption(since), timeout: 20_000 });
  await bob.say(oldest, 'hello');
  const news = await waiting;
  expect(Object.keys(news.rooms)).toEqual([oldest]);
  expect(said(news.rooms[oldest])).toEqual(['hello']);
  await bob.sendToDevice('m.room_key', { [alice.userId]: { '*': { key: 1 } } });
  expect((await waitingForKeys).extensions.to_device.events).toHaveLength(1);

  // The room is opened.
  const opened = { rooms: { [oldest]: { limit: 20, state: [...STATE, ['m.room.pinned_events', ''] as const] } } };
  const room = (await list.sync({ ...rooms(99), ...opened, timeout: 20_000 })).rooms[oldest];
  expect(room).toMatchObject({ isExpanded: true, num_live: 0 });
  expect(said(room)).toEqual(['pin me', 'hello']);
  expect(stateOf(room)).toContain('m.room.pinned_events|');

  await server.restart();
  await bob.say(oldest, 'back?');
  const back = await list.sync({ ...rooms(19), ...opened });
  expect(Object.keys(back.rooms)).toEqual([oldest]);
  expect(said(back.rooms[oldest])).toEqual(['back?']);
  expect((await crypto.sync(encryption(since))).extensions.to_device.events).toHaveLength(1);
});
