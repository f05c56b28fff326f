import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let server: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let roomId: RoomId;
/** roots of threads, in the order in which they were begun */
let [soup, salad, bread]: EventId[] = [];

beforeAll(async () => {
  server = await startHomeserver();
  alice = await server.register('alice');
  bob = await server.register('bob');
  roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  soup = await alice.say(roomId, 'soup?');
  salad = await alice.say(roomId, 'salad?');
  bread = await bob.say(roomId, 'bread?');
  await reply(alice, soup, 'with beans');
  await reply(alice, bread, 'always');
  await reply(bob, salad, 'green');
  await reply(alice, soup, 'and thyme');
});
afterAll(() => server[Symbol.asyncDispose]());

const reply = (user: TestUser, root: EventId, body: string) =>
  user.send(roomId, 'm.room.message', {
    body,
    msgtype: 'm.text',
    'm.relates_to': { rel_type: 'm.thread', event_id: root },
  });
const threads = (user: TestUser, query = {}) => user.get(`/_matrix/client/v1/rooms/${roomId}/threads`, query);
const idsOf = ({ body }: { body: { chunk: { event_id: string }[] } }) => body.chunk.map((event) => event.event_id);

it('lists threads by their last replies, with what they hold', async () => {
  const listed = await threads(alice);
  expect(idsOf(listed)).toEqual([soup, salad, bread]);
  const [first] = listed.body.chunk;
  expect(first.unsigned['m.relations']['m.thread']).toMatchObject({
    count: 2,
    latest_event: { content: { body: 'and thyme' } },
    current_user_participated: true,
  });
  expect(listed.body.next_batch).toBeUndefined();
});

it('pages through them', async () => {
  const first = await threads(alice, { limit: 2 });
  expect(idsOf(first)).toEqual([soup, salad]);
  expect(idsOf(await threads(alice, { limit: 2, from: first.body.next_batch }))).toEqual([bread]);
});

it('lists those that one began or wrote in', async () => {
  expect(idsOf(await threads(bob, { include: 'participated' }))).toEqual([salad, bread]);
});

it('leaves out what came before the viewer, where history is not shared', async () => {
  const closed = await alice.createRoom({
    preset: 'public_chat',
    initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }],
  });
  const root = await alice.say(closed, 'before bob');
  await alice.send(closed, 'm.room.message', {
    body: 'a',
    msgtype: 'm.text',
    'm.relates_to': { rel_type: 'm.thread', event_id: root },
  });
  await bob.join(closed);
  expect((await bob.get(`/_matrix/client/v1/rooms/${closed}/threads`)).body).toEqual({ chunk: [] });
});

it.each([
  ['a stranger to the room', () => server.register('carol'), {}, 403, 'M_FORBIDDEN'],
  ['an unknown token', async () => alice, { from: 'x' }, 400, 'M_INVALID_PARAM'],
  ['an unknown wish', async () => alice, { include: 'some' }, 400, 'M_INVALID_PARAM'],
  ['a limit of nothing', async () => alice, { limit: 0 }, 400, 'M_INVALID_PARAM'],
])('refuses %s', async (_case, user, query, status, errcode) => {
  expect(await threads(await user(), query)).toMatchObject({ status, body: { errcode } });
});
