import { expect, it } from 'vitest';
import { Caches } from '../../../src-main/base/caches.js';
import type { Events } from '../../../src-main/matrix/events/index.js';
import { LazyMembers } from '../../../src-main/matrix/sync/lazy-members.js';
import type { SyncContext } from '../../../src-main/matrix/sync/v2/context.js';
import { StateDeltas } from '../../../src-main/matrix/sync/v2/room-state-delta.js';
import { RoomTimelines } from '../../../src-main/matrix/sync/v2/room-timeline.js';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import type { UserId } from '../../../src-main/spec/ids.js';
import type { Database } from '../../../src-main/storage/database.js';
import { sqliteDatabases } from '../../support/databases.js';
import { GraphRoom, ME, serverOn } from '../events/graph-room.js';

const ALICE: UserId = '@alice:one.test';
const BOB: UserId = '@bob:two.test';
const databases = sqliteDatabases();

/** What /sync says of a room to somebody who last asked at `since`. */
async function told(db: Database, here: Events, room: GraphRoom, since: number | undefined, stateKey: string) {
  const token = (position: number) => ({ position, ephemeral: 0, toDevice: 0 });
  const context = {
    viewer: { userId: ME, deviceId: 'D' },
    filter: {},
    since: since === undefined ? undefined : token(since),
    now: token(db.position()),
    stateKey,
    ignored: new Set(),
  } as unknown as SyncContext;
  const { roomId } = room;
  const known = await here.reader.knownRoom(roomId);
  const timelines = new RoomTimelines({
    timeline: here.timeline,
    visibility: here.visibility,
    times: { delivered: () => undefined },
  });
  const span = { after: since, upTo: db.position(), isAllVisible: true };
  const timeline = await timelines.read(context, known, span);
  const lazyMembers = new LazyMembers(new Caches(1_000_000));
  const deltas = new StateDeltas({ reader: here.reader, lazyMembers });
  const isWhole = since === undefined;
  const state = await deltas.read(context, { roomId, timeline, upTo: db.position(), isWhole });
  return { timeline, state };
}

const names = (events: readonly RoomEvent[]) => events.map(({ eventId }) => eventId).sort();

it.each(['state', 'state_after'])('tells clients what changed where forks met (%s)', async (stateKey) => {
  const db = await databases.open();
  const here = serverOn(db);
  const room = new GraphRoom('11');
  room.member(BOB, 'join');
  const users = { [ALICE]: 100, [BOB]: 50 };
  room.state('m.room.power_levels', '', { users, invite: 0 });
  await room.open(here);
  const base = room.leaves;
  // Bob's topic is here before the news that he might no longer set it.
  const topic = room.state('m.room.topic', '', { topic: 'of bob' }, { sender: BOB, prev: base });
  await room.send(here, topic);
  const since = db.position();
  const demotes = room.state('m.room.power_levels', '', { users: { [ALICE]: 100 }, invite: 0 }, { prev: base });
  const other = room.state('m.room.topic', '', { topic: 'of alice' }, { prev: [demotes.eventId] });
  const last = room.message(ALICE, 'so', { prev: [other.eventId] });
  for (const event of [demotes, other, last]) await room.send(here, event);
  const now = room.stateOf();
  expect((await here.reader.allState(room.roomId, { withMembers: true })).map(({ eventId }) => eventId).sort()).toEqual(
    now,
  );

  const news = await told(db, here, room, since, stateKey);
  expect(names(news.timeline.events)).toEqual(names([demotes, other, last]));
  const whole = await told(db, here, room, undefined, stateKey);
  expect(whole.timeline.isLimited).toBe(true);
  const shown = new Map(whole.state.map((event) => [`${event.type} ${event.stateKey}`, event.eventId]));
  for (const event of stateKey === 'state' ? whole.timeline.events : []) {
    if (event.stateKey !== undefined) shown.set(`${event.type} ${event.stateKey}`, event.eventId);
  }
  expect([...shown.values()].sort()).toEqual(now);
});

it('tells of members who came in a fork that no timeline shows', async () => {
  const db = await databases.open();
  const here = serverOn(db);
  const room = new GraphRoom('11');
  room.member(BOB, 'join');
  await room.open(here);
  const since = db.position();
  const carol = room.member('@carol:three.test', 'join');
  const said = room.message('@carol:three.test', 'I am in');
  // The join itself is known as state only.
  await here.intake.addOutliers(room.roomId, [room.of(carol.eventId)]);
  const before = [...(room.stateBefore.get(said.eventId)?.values() ?? [])];
  await room.send(here, said, before);
  const { timeline, state } = await told(db, here, room, since, 'state');
  expect(names(timeline.events)).toEqual([said.eventId]);
  expect(timeline.isLimited).toBe(true);
  expect(names(state)).toEqual([carol.eventId]);
  expect(await here.reader.isJoined(room.roomId, '@carol:three.test')).toBe(true);
});
