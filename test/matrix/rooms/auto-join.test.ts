import { expect, it } from 'vitest';
import type { Config } from '../../../src-main/config/config.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const ALIAS = '#welcome:hearth.test';

/** A server where everybody joins `#welcome`. */
async function start(more: Partial<Config['rooms']['autoJoin']> = {}) {
  const server = await startHomeserver();
  const { rooms, registration } = server.config;
  await server.restart({
    registration: { ...registration, guests: true },
    rooms: { ...rooms, autoJoin: { ...rooms.autoJoin, rooms: [ALIAS], ...more } },
  });
  return server;
}

const joined = async (user: TestUser): Promise<string[]> => (await user.ok('GET', '/joined_rooms')).joined_rooms;

it('makes the room for the first who comes, and takes everybody else there', async () => {
  await using server = await start();
  const alice = await server.register('alice');
  await expect.poll(() => joined(alice)).toHaveLength(1);
  const [roomId = ''] = await joined(alice);
  expect((await alice.ok('GET', `/directory/room/${encodeURIComponent(ALIAS)}`)).room_id).toBe(roomId);
  const bob = await server.register('bob');
  await expect.poll(() => joined(bob)).toEqual([roomId]);
  const guest = await server.stranger.ok('POST', '/register', { query: { kind: 'guest' }, body: {} });
  const visitor = server.withToken(guest.access_token);
  await new Promise((resolve) => setImmediate(resolve));
  expect((await visitor.ok('GET', '/joined_rooms')).joined_rooms).toEqual([]);
});

it('makes no room again that somebody took away', async () => {
  await using server = await start();
  const alice = await server.register('alice');
  await expect.poll(() => joined(alice)).toHaveLength(1);
  await alice.ok('DELETE', `/directory/room/${encodeURIComponent(ALIAS)}`);
  const bob = await server.register('bob');
  const carol = await server.registerAdmin('carol');
  expect(await alice.get(`/directory/room/${encodeURIComponent(ALIAS)}`)).toMatchObject({ status: 404 });
  expect([await joined(bob), await joined(carol)]).toEqual([[], []]);
});

it('makes none where the configuration does not want it', async () => {
  await using server = await start({ createsRooms: false });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  expect(await alice.get(`/directory/room/${encodeURIComponent(ALIAS)}`)).toMatchObject({ status: 404 });
  expect(await joined(bob)).toEqual([]);
});

it('has people invited into rooms that are not open', async () => {
  await using server = await start({ inviter: '@steward:hearth.test', preset: 'private_chat' });
  const steward = await server.register('steward');
  await expect.poll(() => joined(steward)).toHaveLength(1);
  const alice = await server.register('alice');
  await expect.poll(() => joined(alice)).toEqual(await joined(steward));
});
