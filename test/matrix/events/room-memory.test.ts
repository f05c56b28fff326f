import { expect, it } from 'vitest';
import { Caches } from '../../../src-main/base/caches.js';
import { RoomMemory } from '../../../src-main/matrix/events/room-memory.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import type { Database } from '../../../src-main/storage/database.js';
import { roomTopic, streamTopic } from '../../../src-main/storage/news.js';
import { sqliteDatabases } from '../../support/databases.js';

const databases = sqliteDatabases();
const ROOM: RoomId = '!room:hearth.test';
const OTHER: RoomId = '!other:hearth.test';

const happen = (db: Database, roomId: RoomId) => db.write(async (tx) => tx.announce(roomTopic(roomId)));

/** A memory, and a question about a room whose answer says how often it was asked. */
async function memory() {
  const db = await databases.open();
  const remembered = new RoomMemory({ db, caches: new Caches(1_000_000) });
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return asked;
  };
  return { db, recall: (roomId = ROOM, question = 'q') => remembered.recall(roomId, question, ask), remembered };
}

it('asks once while nothing happens in the room', async () => {
  const { db, recall } = await memory();
  expect(await Promise.all([recall(), recall(), recall()])).toEqual([1, 1, 1]);
  await happen(db, OTHER);
  expect(await recall()).toBe(1);
});

it('asks again once something happened there', async () => {
  const { db, recall } = await memory();
  expect(await recall()).toBe(1);
  await happen(db, ROOM);
  expect(await recall()).toBe(2);
  expect(await recall()).toBe(2);
});

it('asks again about something that changes seldom only once that changes', async () => {
  const { db, remembered } = await memory();
  const topic = streamTopic('walls');
  let asked = 0;
  const recall = () => remembered.recall(ROOM, 'colour of the walls', async () => (asked += 1), topic);
  expect(await recall()).toBe(1);
  await happen(db, ROOM);
  expect(await recall()).toBe(1);
  await db.write(async (tx) => tx.announce(topic));
  expect(await recall()).toBe(2);
});

it('keeps rooms and questions apart', async () => {
  const { recall } = await memory();
  expect([await recall(ROOM, 'a'), await recall(ROOM, 'b'), await recall(OTHER, 'a')]).toEqual([1, 2, 3]);
  expect(await recall(ROOM, 'a')).toBe(1);
});

it('does not remember an answer that began before something happened', async () => {
  const { db, remembered } = await memory();
  const early = Promise.withResolvers<string>();
  const first = remembered.recall(ROOM, 'q', () => early.promise);
  await happen(db, ROOM);
  const second = remembered.recall(ROOM, 'q', async () => 'new');
  early.resolve('old');
  expect([await first, await second]).toEqual(['old', 'new']);
  expect(await remembered.recall(ROOM, 'q', async () => 'asked again')).toBe('new');
});

it('forgets what could not be answered', async () => {
  const { remembered } = await memory();
  const failing = remembered.recall(ROOM, 'q', async () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await remembered.recall(ROOM, 'q', async () => 'fine')).toBe('fine');
});
