import { SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import { PNG } from '../support/fixtures.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { MatrixAuth } from './bot.js';
import { Device } from './device.js';
import { until } from './until.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ROOMS = 200;
const SPACES = 5;
const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };

/** Somebody who uses all of it: rooms in spaces, plain and encrypted ones, a long talk, a thread, a picture. */
interface House {
  readonly alice: TestUser;
  readonly spaces: readonly RoomId[];
  /** the last of them is the busiest */
  readonly rooms: readonly RoomId[];
  readonly thread: EventId;
  readonly picture: string;
}

let server: TestHomeserver;
let house: House;
beforeAll(async () => {
  server = await startHomeserver();
  house = await furnish(await server.register('alice'), await server.register('bob'));
});
afterAll(() => server[Symbol.asyncDispose]());

async function furnish(alice: TestUser, bob: TestUser): Promise<House> {
  const spaces: RoomId[] = [];
  const rooms: RoomId[] = [];
  for (let n = 0; n < SPACES; n += 1) {
    spaces.push(await alice.createRoom({ name: `Floor ${n}`, creation_content: { type: 'm.space' } }));
  }
  for (let n = 0; n < ROOMS - SPACES; n += 1) {
    const isEncrypted = n % 4 === 0;
    const roomId = await alice.createRoom({
      name: `Room ${n}`,
      preset: 'public_chat',
      initial_state: isEncrypted ? [encryption] : [],
    });
    if (!isEncrypted) await alice.say(roomId, `this is room ${n}`);
    const space = spaces[n % SPACES];
    if (space) await alice.setState(space, 'm.space.child', { via: [server.serverName] }, roomId);
    rooms.push(roomId);
  }
  const busy = rooms.at(-1) as RoomId;
  await bob.join(busy);
  const thread = await bob.say(busy, 'shall we paint it?');
  for (let n = 0; n < 60; n += 1) await bob.say(busy, `word ${n}`);
  const inThread = { rel_type: 'm.thread', event_id: thread };
  await bob.send(busy, 'm.room.message', { msgtype: 'm.text', body: 'in blue', 'm.relates_to': inThread });
  const picture = await bob.uploadMedia(PNG, 'image/png', 'blue.png');
  await bob.send(busy, 'm.room.message', { msgtype: 'm.image', body: 'blue.png', url: picture });
  return { alice, spaces, rooms, thread, picture };
}

it('shows matrix-js-sdk all of 200 rooms, with spaces, threads and pictures', async () => {
  using device = await Device.logIn(server, 'alice');
  await device.start();
  const { client } = device;
  expect(client.getRooms()).toHaveLength(ROOMS);
  expect(client.getRooms().filter((room) => room.isSpaceRoom())).toHaveLength(SPACES);
  expect(client.getRooms().filter((room) => room.hasEncryptionStateEvent())).toHaveLength(49);
  const space = house.spaces[1] ?? '';
  expect((await client.getRoomHierarchy(space, 100)).rooms).toHaveLength(1 + (ROOMS - SPACES) / SPACES);

  const room = await device.room(house.rooms.at(-1) ?? '');
  expect(room.getUnreadNotificationCount()).toBeGreaterThan(0);
  await until('the beginning', async () => {
    await client.scrollback(room, 30);
    return device.events(room.roomId).some((event) => event.getType() === 'm.room.create');
  });
  const said = device.events(room.roomId).flatMap((event) => event.getContent()['body'] ?? []);
  expect(said.filter((body) => body.startsWith('word '))).toEqual(Array.from({ length: 60 }, (_, n) => `word ${n}`));
  await room.createThreadsTimelineSets();
  await room.fetchRoomThreads();
  await until('the thread', () => room.getThread(house.thread)?.length === 1);
  expect((await device.download(house.picture)).equals(PNG)).toBe(true);

  await house.alice.say(house.rooms[77] as RoomId, 'anybody here?');
  await device.read(house.rooms[77] ?? '', 'anybody here?');
  expect([...device.witness.stumbles]).toEqual([]);
});

it('lets matrix-js-sdk slide over 200 rooms', async () => {
  using device = await Device.logIn(server, 'alice');
  const { client } = device;
  const list = { ranges: [[0, 19]], sort: ['by_recency'], timeline_limit: 1, required_state: [['m.room.name', '']] };
  const opened = { timeline_limit: 20, required_state: [['*', '*']] };
  const sliding = new SlidingSync(client.getHomeserverUrl(), new Map([['all', list]]), opened, client, 2000);
  await device.start({ slidingSync: sliding });
  await until('the count', () => sliding.getListData('all')?.joinedCount === ROOMS);
  expect(client.getRooms().length).toBeLessThan(ROOMS);
  for (let last = 59; last < ROOMS + 40; last += 40) {
    sliding.setListRanges('all', [[0, last]]);
    await until(`${last + 1} rooms`, () => client.getRooms().length >= Math.min(last + 1, ROOMS));
  }
  expect(client.getRooms().filter((room) => room.name.startsWith('Floor '))).toHaveLength(SPACES);
  const roomId = house.rooms[3] ?? '';
  sliding.modifyRoomSubscriptions(new Set([roomId]));
  await device.read(roomId, 'this is room 3');
  await until('the state', () => client.getRoom(roomId)?.getJoinRule() === 'public');
  expect([...device.witness.stumbles]).toEqual([]);
});

it('lets a bot be in 200 rooms', async () => {
  const bot = await new MatrixAuth(server.url).passwordLogin('alice', house.alice.password, 'Robot');
  expect(await bot.getJoinedRooms()).toHaveLength(ROOMS);
  const heard = Promise.withResolvers<string>();
  bot.on('room.message', (roomId: string, event) => {
    if (event.content.body === 'is there a bot?') heard.resolve(roomId);
  });
  await bot.start();
  const roomId = house.rooms[101] as RoomId;
  await house.alice.say(roomId, 'is there a bot?');
  expect(await heard.promise).toBe(roomId);
  bot.stop();
});
