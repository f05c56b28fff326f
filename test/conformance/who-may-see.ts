import { expect } from 'vitest';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import { type Target, TestClient, type TestReply, type TestUser } from '../support/test-client.js';

/** Server under probe: ours, or a Synapse to learn from. */
export interface Probed extends Target {
  register(name: string): Promise<TestUser>;
}

export const VISIBILITIES = ['world_readable', 'shared', 'invited', 'joined'] as const;

/** Who asks, by what they are to the room. */
export const PEOPLE = ['owner', 'late', 'invited', 'left', 'banned', 'stranger', 'guest', 'nobody'] as const;
export type Person = (typeof PEOPLE)[number];

/** A room with a past: what was said when, by name, and everybody who asks about it. */
interface Stage {
  readonly roomId: RoomId;
  /** `before` anybody came, `while` left and banned were in, `after` the invitation, `last` with the late member there */
  readonly said: ReadonlyMap<EventId, string>;
  readonly clients: Readonly<Record<Person, TestClient>>;
  readonly aMessage: (name: string) => EventId;
}

const seg = encodeURIComponent;
const CLIENT = '/_matrix/client/v3';

/** Every way to read of a room, as a request. */
const QUESTIONS: Readonly<Record<string, (stage: Stage) => readonly [method: string, path: string, body?: unknown]>> = {
  messages: ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/messages?dir=b&limit=100`],
  'event before': (stage) => eventOf(stage, 'before'),
  'event while': (stage) => eventOf(stage, 'while'),
  'event after': (stage) => eventOf(stage, 'after'),
  'event last': (stage) => eventOf(stage, 'last'),
  'context of while': (stage) => [
    'GET',
    `${CLIENT}/rooms/${seg(stage.roomId)}/context/${seg(stage.aMessage('while'))}?limit=100`,
  ],
  state: ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/state`],
  'state of a type': ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/state/m.room.name`],
  members: ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/members`],
  'joined members': ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/joined_members`],
  aliases: ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/aliases`],
  relations: (stage) => [
    'GET',
    `/_matrix/client/v1/rooms/${seg(stage.roomId)}/relations/${seg(stage.aMessage('before'))}`,
  ],
  threads: ({ roomId }) => ['GET', `/_matrix/client/v1/rooms/${seg(roomId)}/threads`],
  'timestamp to event': ({ roomId }) => [
    'GET',
    `/_matrix/client/v1/rooms/${seg(roomId)}/timestamp_to_event?ts=9999999999999&dir=b`,
  ],
  'initial sync': ({ roomId }) => ['GET', `${CLIENT}/rooms/${seg(roomId)}/initialSync?limit=100`],
  'peeked events': ({ roomId }) => ['GET', `${CLIENT}/events?room_id=${seg(roomId)}&timeout=0`],
  hierarchy: ({ roomId }) => ['GET', `/_matrix/client/v1/rooms/${seg(roomId)}/hierarchy`],
  search: ({ roomId }) => [
    'POST',
    `${CLIENT}/search`,
    { search_categories: { room_events: { search_term: 'word', filter: { rooms: [roomId] } } } },
  ],
  sync: ({ roomId }) => [
    'GET',
    `${CLIENT}/sync?filter=${seg(JSON.stringify({ room: { rooms: [roomId], include_leave: true, timeline: { limit: 100 } } }))}`,
  ],
};

const eventOf = (stage: Stage, name: string): readonly [string, string] => [
  'GET',
  `${CLIENT}/rooms/${seg(stage.roomId)}/event/${seg(stage.aMessage(name))}`,
];

/**
 * Asks every question as everybody in a room of each visibility.
 *
 * @returns lines of `visibility, question, person, answer`, parted by tabs; an answer is a status, and with 200 the
 *   names of the messages in it
 */
export async function whoMaySee(server: Probed): Promise<string[]> {
  const lines: string[] = [];
  for (const visibility of VISIBILITIES) {
    const stage = await setUp(server, visibility);
    for (const [question, request] of Object.entries(QUESTIONS)) {
      for (const person of PEOPLE) {
        const [method, path, body] = request(stage);
        const reply = await stage.clients[person].request(method, path, { body });
        lines.push([visibility, question, person, answer(reply, stage)].join('\t'));
      }
    }
  }
  return lines;
}

function answer(reply: TestReply, { said }: Stage): string {
  if (reply.status !== 200) return String(reply.status);
  const text = JSON.stringify(reply.body);
  return [
    '200',
    ...[...said].flatMap(([eventId, name]) => (text.includes(`"event_id":"${eventId}"`) ? name : [])),
  ].join(' ');
}

async function setUp(server: Probed, visibility: string): Promise<Stage> {
  const name = (person: string) => `${person}-${visibility.replace('_', '-')}`;
  const [owner, late, invited, left, banned, stranger] = await Promise.all(
    ['owner', 'late', 'invited', 'left', 'banned', 'stranger'].map((person) => server.register(name(person))),
  );
  if (!owner || !late || !invited || !left || !banned || !stranger) throw new Error('somebody is missing');
  const roomId = await owner.createRoom({
    preset: 'public_chat',
    name: 'the room',
    initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: visibility } }],
  });
  const said = new Map<EventId, string>();
  const say = async (when: string) => said.set(await owner.say(roomId, `word ${when}`), when);
  await say('before');
  await left.join(roomId);
  await banned.join(roomId);
  await say('while');
  await left.leave(roomId);
  await owner.moderate('ban', roomId, banned.userId);
  await owner.invite(roomId, invited);
  await say('after');
  await late.join(roomId);
  await say('last');
  await expect.poll(() => isFound(owner, roomId, 'last'), { timeout: 10_000 }).toBe(true);
  const nobody = new TestClient(server);
  const guest = await guestOf(server);
  const clients = { owner, late, invited, left, banned, stranger, guest, nobody };
  const aMessage = (wanted: string) => [...said].find(([, when]) => when === wanted)?.[0] ?? ('' as EventId);
  return { roomId, said, clients, aMessage };
}

/** What was said is found by its words a moment later. */
async function isFound(user: TestUser, roomId: RoomId, word: string): Promise<boolean> {
  const body = { search_categories: { room_events: { search_term: word, filter: { rooms: [roomId] } } } };
  return (await user.ok('POST', `${CLIENT}/search`, { body })).search_categories.room_events.results.length > 0;
}

async function guestOf(server: Probed): Promise<TestClient> {
  const body = await new TestClient(server).ok('POST', `${CLIENT}/register?kind=guest`, { body: {} });
  return new TestClient(server, body.access_token);
}
