import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';
import { DIALECTS, SlidingClient } from './sliding-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const leftRoom = (body: any, roomId: RoomId): any => body.rooms?.leave?.[roomId];
const filters = {
  plain: { room: { include_leave: true } },
  lazy: { room: { include_leave: true, state: { lazy_load_members: true } } },
};
const everything = (room: any): TestEvent[] => [
  ...(room?.state?.events ?? []),
  ...(room?.state_after?.events ?? []),
  ...(room?.timeline?.events ?? []),
];

describe.each(Object.entries(filters))('what /sync says of a room that one is not in (%s)', (_name, wanted) => {
  const query = { filter: JSON.stringify(wanted) };
  const anew = { ...query, since: undefined };

  it.each([
    ['state', {}],
    ['state_after', { use_state_after: true }],
  ])('is nothing but the own membership to those who never were in it, as %s', async (_key, form) => {
    const [alice, bob, carol] = [await someone('alice'), await someone('bob'), await someone('carol')];
    const roomId = await alice.createRoom({ name: 'Secret', topic: 'nobody knows' });
    await bob.sync(query);
    await carol.sync(query);
    await alice.invite(roomId, bob);
    await bob.sync(query);
    await bob.leave(roomId);
    await alice.moderate('ban', roomId, carol.userId);
    for (const user of [bob, carol]) {
      for (const body of [await user.sync({ ...query, ...form }), await user.sync({ ...anew, ...form })]) {
        const room = leftRoom(body, roomId);
        expect(room.timeline.events.length).toBeGreaterThan(0);
        expect(everything(room).map(({ state_key }) => state_key)).toEqual(everything(room).map(() => user.userId));
        expect(room.summary).toBeUndefined();
      }
    }
  });

  it.each([
    ['state', {}],
    ['state_after', { use_state_after: true }],
  ])('ends where they left, whatever happened to them later, as %s', async (_key, form) => {
    const [alice, bob, carol] = [await someone('alice'), await someone('bob'), await someone('carol')];
    const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
    await bob.join(roomId);
    await alice.say(roomId, 'hello');
    await bob.leave(roomId);
    await bob.sync(query);
    await alice.setState(roomId, 'm.room.topic', { topic: 'about bob' });
    await alice.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Renamed' }, alice.userId);
    await carol.join(roomId);
    await alice.moderate('ban', roomId, bob.userId);
    const [news, all] = [await bob.sync({ ...query, ...form }), await bob.sync({ ...anew, ...form })];
    for (const body of [news, all]) {
      const shown = everything(leftRoom(body, roomId));
      expect(shown.some(({ type }) => type === 'm.room.topic')).toBe(false);
      expect(shown.some(({ state_key }) => state_key === carol.userId)).toBe(false);
      expect(JSON.stringify(shown)).not.toContain('Renamed');
    }
    expect(everything(leftRoom(all, roomId)).some(({ type }) => type === 'm.room.name')).toBe(true);
    expect(everything(leftRoom(news, roomId))).toMatchObject([{ content: { membership: 'ban' } }]);
  });
});

it.each(DIALECTS)('sliding sync in the %s dialect ends where they left, too', async (dialect) => {
  const [alice, bob, carol] = [await someone('alice'), await someone('bob'), await someone('carol')];
  const roomId = await alice.createRoom({ preset: 'public_chat', name: 'Hall' });
  await bob.join(roomId);
  const before = new SlidingClient(bob, dialect, 'a');
  const wish = { lists: { all: { range: [0, 9] as const, state: [['*', '*']] as const } } };
  await before.sync(wish);
  await bob.leave(roomId);
  await alice.setState(roomId, 'm.room.topic', { topic: 'about bob' });
  await carol.join(roomId);
  await alice.moderate('ban', roomId, bob.userId);
  for (const client of [before, new SlidingClient(bob, dialect, 'b')]) {
    const room = (await client.sync(wish)).rooms[roomId];
    expect(room).toBeDefined();
    expect(JSON.stringify(room)).not.toContain('about bob');
    expect(JSON.stringify(room)).not.toContain(carol.userId);
  }
});
