import { beforeAll, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { TestUser } from '../../support/test-client.js';
import { segment, sharedHomeserver } from './shared-homeserver.js';

/** Which statuses every reading endpoint of a room answers to whom: what they see then, `visibility.test.ts` tells. */
const town = sharedHomeserver();

const READERS = ['member', 'invited', 'left', 'forgot', 'banned', 'knocked', 'never'] as const;
type Reader = (typeof READERS)[number];

interface Room {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly alias: string;
}

const readers = {} as Record<Reader, TestUser>;
let room: Room;
let openRoom: Room;

beforeAll(async () => {
  const alice = await town.person('alice');
  for (const name of READERS) readers[name] = await town.person(name);
  room = await makeRoom(alice, 'shared', 'closed');
  openRoom = await makeRoom(alice, 'world_readable', 'open');
});

async function makeRoom(alice: TestUser, history: string, name: string): Promise<Room> {
  const roomId = await alice.createRoom({
    preset: 'private_chat',
    room_alias_name: name,
    initial_state: [
      { type: 'm.room.history_visibility', content: { history_visibility: history } },
      { type: 'm.room.join_rules', content: { join_rule: 'knock' } },
    ],
    invite: READERS.filter((who) => who !== 'never' && who !== 'knocked').map((who) => readers[who].userId),
  });
  const eventId = await alice.say(roomId, 'a secret');
  for (const who of ['member', 'left', 'forgot', 'banned'] as const) await readers[who].join(roomId);
  for (const who of ['left', 'forgot'] as const) await readers[who].leave(roomId);
  await readers.forgot.forget(roomId);
  await alice.moderate('ban', roomId, readers.banned.userId);
  await readers.knocked.knock(roomId);
  if (name === 'closed') await alice.setState(roomId, 'm.room.join_rules', { join_rule: 'invite' });
  return { roomId, eventId, alias: `#${name}:${town.server.serverName}` };
}

const rooms = '/_matrix/client/v3/rooms/:roomId';
const other = '/_matrix/client/v1/rooms/:roomId';
/** Members, and those who left, who see the room as it was then; not whoever forgot it. */
const MEMBERS_THEN = [200, 403, 200, 403, 200, 403, 403];
/** An event is there for whom it was said, until they forget the room. */
const HEARERS = [200, 404, 200, 404, 200, 404, 404];
const MEMBERS_NOW = [200, 403, 403, 403, 403, 403, 403];
const EVERYBODY = [200, 200, 200, 200, 200, 200, 200];

/** Statuses in the order of READERS, where history is shared, and where the world may read. */
const ROWS: readonly (readonly [path: string, shared: readonly number[], worldReadable: readonly number[]])[] = [
  [`${rooms}/state`, MEMBERS_THEN, EVERYBODY],
  [`${rooms}/state/m.room.create/`, MEMBERS_THEN, EVERYBODY],
  [`${rooms}/members`, MEMBERS_THEN, EVERYBODY],
  [`${rooms}/messages?dir=b`, MEMBERS_THEN, EVERYBODY],
  [`${other}/threads`, MEMBERS_THEN, EVERYBODY],
  [`${rooms}/event/:eventId`, HEARERS, EVERYBODY],
  [`${rooms}/context/:eventId`, HEARERS, EVERYBODY],
  [`${other}/relations/:eventId`, HEARERS, EVERYBODY],
  [`${other}/relations/:eventId/m.thread`, HEARERS, EVERYBODY],
  [`${rooms}/joined_members`, MEMBERS_NOW, MEMBERS_NOW],
  [`${rooms}/aliases`, MEMBERS_NOW, EVERYBODY],
  [`${other}/hierarchy`, [200, 200, 403, 403, 403, 403, 403], EVERYBODY],
  ['/_matrix/client/v1/room_summary/:roomId', [200, 200, 404, 404, 404, 404, 404], EVERYBODY],
  ['/_matrix/client/v3/directory/room/:alias', EVERYBODY, EVERYBODY],
  ['/_matrix/client/v3/directory/list/room/:roomId', EVERYBODY, EVERYBODY],
];

const pathIn = (path: string, { roomId, eventId, alias }: Room): string =>
  path.replace(':roomId', segment(roomId)).replace(':eventId', segment(eventId)).replace(':alias', segment(alias));

async function answers(path: string, where: Room) {
  const replies = await Promise.all(READERS.map((who) => readers[who].get(pathIn(path, where))));
  return { replies, statuses: Object.fromEntries(READERS.map((who, at) => [who, replies[at]?.status])) };
}

const expected = (statuses: readonly number[]) => Object.fromEntries(READERS.map((who, at) => [who, statuses[at]]));

it.each(ROWS)('%s answers each reader as it should', async (path, shared, worldReadable) => {
  const closed = await answers(path, room);
  expect(closed.statuses).toEqual(expected(shared));
  for (const { status, body } of closed.replies) {
    if (status !== 200) expect(JSON.stringify(body)).not.toContain('a secret');
  }
  expect((await answers(path, openRoom)).statuses).toEqual(expected(worldReadable));
});

it.each(ROWS)('%s wants a token, but for what is for everybody', async (path, shared) => {
  const { status } = await town.server.stranger.get(pathIn(path, room));
  const isSummary = path.includes('room_summary');
  expect(status).toBe(isSummary ? 404 : shared === EVERYBODY ? 200 : 401);
});

it.each(ROWS)('%s tells nobody whether an unknown room is there', async (path) => {
  const unknown = { roomId: `!${'A'.repeat(43)}`, eventId: '$unknown', alias: '#unknown:hearth.test' } as const;
  const { status } = await readers.never.get(pathIn(path, unknown));
  const { status: hidden } = await readers.never.get(pathIn(path, room));
  expect(status).toBe(hidden === 200 ? 404 : hidden);
});
