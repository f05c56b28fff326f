import { describe, expect, it } from 'vitest';
import type { RetentionConfig } from '../../../../src-main/config/config.js';
import { defaultConfig } from '../../../../src-main/config/defaults.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { statement } from '../../../../src-main/storage/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, roomPath } from '../shared-homeserver.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CONFIGURATION = '/_matrix/client/unstable/org.matrix.msc1763/retention/configuration';
const { rooms } = defaultConfig({ serverName: 'hearth.test', dataDir: '/nowhere' });

const KEEPS: RetentionConfig = {
  minLifetime: undefined,
  maxLifetime: undefined,
  shortestAllowed: undefined,
  longestAllowed: undefined,
  purgeJobs: [{ interval: DAY, shortest: undefined, longest: undefined }],
};

/** A server that keeps messages as said, with a clock of its own. */
async function town(retention: Partial<RetentionConfig> = {}) {
  const clock = new FakeClock();
  const config = { rooms: { ...rooms, retention: { ...KEEPS, ...retention } } };
  const server = await startHomeserver({ clock, config });
  return { clock, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const forAMinute = { type: 'm.room.retention', state_key: '', content: { max_lifetime: MINUTE } };
const bodies = (events: readonly { content: { body?: string } }[] = []) =>
  events.flatMap(({ content }) => content.body ?? []);
const said = async (user: TestUser, roomId: RoomId) => bodies((await user.messages(roomId)).chunk);
const synced = async (user: TestUser, roomId: RoomId) =>
  bodies((await (await user.logIn()).sync()).rooms.join[roomId].timeline.events);
const count = statement<[string], { count: number }>(
  'SELECT count(*) AS count FROM events e JOIN rooms r ON r.nid = e.room_nid WHERE r.room_id = ? AND e.state_nid IS NULL',
);
const kept = async (server: TestHomeserver, roomId: RoomId) => (await server.homeserver.db.get(count, roomId))?.count;

describe('a room that keeps its messages for a while', () => {
  it('shows them no longer from then on, wherever one looks', async () => {
    await using place = await town();
    const { clock, server } = place;
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat', initial_state: [forAMinute] });
    await bob.join(roomId);
    await bob.sync();
    const start = clock.now();
    const first = await alice.say(roomId, 'the first word');
    const found = async () => {
      const criteria = { search_categories: { room_events: { search_term: 'first' } } };
      return (await bob.ok('POST', '/search', { body: criteria })).search_categories.room_events.results.length;
    };
    await expect.poll(() => (clock.advance(1), found())).toBe(1);
    clock.advance(MINUTE - (clock.now() - start));
    await alice.say(roomId, 'the second word');
    expect(await said(bob, roomId)).toEqual(['the second word', 'the first word']);
    const unread = async () => (await (await bob.logIn()).sync()).rooms.join[roomId].unread_notifications;
    expect(await unread()).toMatchObject({ notification_count: 2 });
    clock.advance(1);
    expect(await said(bob, roomId)).toEqual(['the second word']);
    expect(await synced(bob, roomId)).toEqual(['the second word']);
    expect(bodies((await bob.sync()).rooms.join[roomId].timeline.events)).toEqual(['the second word']);
    expect(await bob.get(roomPath(roomId, `event/${first}`))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await unread()).toMatchObject({ notification_count: 1 });
    expect(await found()).toBe(0);
    const { notifications } = await bob.ok('GET', '/notifications');
    expect(bodies(notifications.map(({ event }: any) => event))).toEqual(['the second word']);
  });

  it('shows its state for ever', async () => {
    await using place = await town({ maxLifetime: MINUTE });
    const alice = await place.server.register('alice');
    const roomId = await alice.createRoom({ name: 'The attic' });
    place.clock.advance(30 * DAY);
    expect(await alice.stateContent(roomId, 'm.room.name')).toEqual({ name: 'The attic' });
    expect((await alice.messages(roomId)).chunk.map(({ type }) => type)).toContain('m.room.name');
  });

  it('goes before what the configuration says, which goes for all others', async () => {
    await using place = await town({ maxLifetime: 2 * MINUTE });
    const alice = await place.server.register('alice');
    const [short, long, other] = [
      await alice.createRoom({ initial_state: [forAMinute] }),
      await alice.createRoom({ initial_state: [{ ...forAMinute, content: { max_lifetime: 10 * MINUTE } }] }),
      await alice.createRoom({ initial_state: [{ ...forAMinute, content: { min_lifetime: MINUTE } }] }),
    ];
    for (const roomId of [short, long, other]) await alice.say(roomId, 'hello');
    const shown = async () => [await said(alice, short), await said(alice, long), await said(alice, other)];
    place.clock.advance(MINUTE + 1);
    expect(await shown()).toEqual([[], ['hello'], ['hello']]);
    place.clock.advance(MINUTE);
    expect(await shown()).toEqual([[], ['hello'], []]);
  });

  it('has to say so in a way that can be understood', async () => {
    await using place = await town();
    const alice = await place.server.register('alice');
    const roomId = await alice.createRoom();
    const set = (content: object) => alice.put(roomPath(roomId, 'state/m.room.retention'), content);
    expect(await set({ max_lifetime: 'a day' })).toMatchObject(refusal(400, 'M_BAD_JSON'));
    expect(await set({ min_lifetime: 2, max_lifetime: 1 })).toMatchObject(refusal(400, 'M_BAD_JSON'));
    expect(await alice.put(roomPath(roomId, 'send/m.room.retention/1'), {})).toMatchObject(refusal(400, 'M_BAD_JSON'));
    expect((await set({ min_lifetime: 1, max_lifetime: 1 })).status).toBe(200);
    expect((await set({})).status).toBe(200);
  });

  it('shows them for ever where nothing is configured', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock });
    const alice = await server.register('alice');
    const roomId = await alice.createRoom({ initial_state: [forAMinute] });
    await alice.say(roomId, 'hello');
    clock.advance(DAY);
    expect(await said(alice, roomId)).toEqual(['hello']);
    expect(await alice.get(CONFIGURATION)).toMatchObject(refusal(404, 'M_UNRECOGNIZED'));
  });
});

describe('messages that are kept no longer', () => {
  it('are deleted, but for the last event of a room', async () => {
    await using place = await town();
    const { clock, server } = place;
    const alice = await server.register('alice');
    const roomId = await alice.createRoom({ initial_state: [forAMinute] });
    const forever = await alice.createRoom();
    for (let i = 0; i < 250; i += 1) await alice.say(roomId, `${i}`);
    const root = await alice.say(roomId, 'a thread');
    await alice.send(roomId, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: root, key: 'ok' } });
    await alice.redact(roomId, root);
    await alice.say(forever, 'still here');
    const state = await alice.state(roomId);
    expect(await kept(server, roomId)).toBe(253);
    clock.advance(DAY);
    await expect.poll(() => kept(server, roomId)).toBe(1);
    expect(await alice.state(roomId)).toHaveLength(state.length);
    expect(await kept(server, forever)).toBe(1);
    await alice.say(roomId, 'the house stands');
    expect(await said(alice, roomId)).toEqual(['the house stands']);
    expect(await synced(alice, roomId)).toEqual(['the house stands']);
    await server.restart();
    expect(await said(alice, roomId)).toEqual(['the house stands']);
  });

  it('are deleted at the next start too, when it is time', async () => {
    await using place = await town({ maxLifetime: DAY });
    const alice = await place.server.register('alice');
    const roomId = await alice.createRoom();
    await alice.say(roomId, 'one');
    await alice.say(roomId, 'two');
    await place.server.stop();
    place.clock.advance(2 * DAY);
    await place.server.start();
    await expect.poll(() => kept(place.server, roomId)).toBe(1);
  });

  it('are deleted within the bounds of the configuration, by the job whose range they are in', async () => {
    await using place = await town({
      shortestAllowed: DAY,
      longestAllowed: 10 * DAY,
      purgeJobs: [
        { interval: MINUTE, shortest: undefined, longest: 3 * DAY },
        { interval: 7 * DAY, shortest: 3 * DAY, longest: undefined },
      ],
    });
    const { clock, server } = place;
    const alice = await server.register('alice');
    const short = await alice.createRoom({ initial_state: [forAMinute] });
    const long = await alice.createRoom({
      initial_state: [{ ...forAMinute, content: { max_lifetime: 1000 * DAY } }],
    });
    for (const roomId of [short, long]) for (const text of ['one', 'two']) await alice.say(roomId, text);
    const both = async () => [await kept(server, short), await kept(server, long)];
    clock.advance(DAY / 2);
    expect(await both()).toEqual([2, 2]);
    clock.advance(DAY / 2);
    await expect.poll(() => (clock.advance(MINUTE), both())).toEqual([1, 2]);
    clock.advance(5 * DAY);
    expect(await both()).toEqual([1, 2]);
    await expect.poll(() => (clock.advance(DAY), both())).toEqual([1, 1]);
  });
});

it('tells clients how long it keeps messages, and what rooms may ask for', async () => {
  await using place = await town({
    minLifetime: DAY,
    maxLifetime: 7 * DAY,
    shortestAllowed: MINUTE,
    longestAllowed: 9 * DAY,
  });
  const alice = await place.server.register('alice');
  expect(await alice.ok('GET', CONFIGURATION)).toEqual({
    policies: { '*': { min_lifetime: DAY, max_lifetime: 7 * DAY } },
    limits: { max_lifetime: { min: MINUTE, max: 9 * DAY } },
  });
  expect(await place.server.stranger.get(CONFIGURATION)).toMatchObject(refusal(401, 'M_MISSING_TOKEN'));
});
