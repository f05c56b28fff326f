import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test']);
  one = federation.server('hs1.test');
  two = federation.server('hs2.test');
  alice = await one.register('alice');
  bob = await two.register('bob');
});
afterAll(() => federation.stop());

const said = (events: readonly { type: string; content: any }[]): string[] =>
  events.flatMap(({ type, content }) => (type === 'm.room.message' ? content.body : []));

async function roomWith(count: number, options: JsonObject = {}): Promise<RoomId> {
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  for (let n = 1; n <= count; n += 1) await alice.say(roomId, `message ${n}`);
  return roomId;
}

const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, n) => `message ${from + n}`);

/** All that somebody can read, going back page by page. */
async function readAll(user: TestUser, roomId: RoomId, limit: number, from?: string): Promise<any[]> {
  const events: any[] = [];
  for (let pages = 0; pages < 100; pages += 1) {
    const page = await user.messages(roomId, { limit, from });
    events.push(...page.chunk);
    if (page.end === undefined) return events;
    from = page.end;
  }
  throw new Error('there is no end of it');
}

describe('what was said before somebody came', () => {
  it.each(['6', '10', '12'])('is read by those who come later, in room version %s', async (room_version) => {
    const roomId = await roomWith(5, { room_version });
    await bob.join(roomId, 'hs1.test');
    const events = await readAll(bob, roomId, 100);
    expect(said(events).toReversed()).toEqual(upTo(5));
    expect(events.at(-1)?.type).toBe('m.room.create');
    const there = await readAll(alice, roomId, 100);
    expect(events.map(({ event_id }) => event_id)).toEqual(there.map(({ event_id }) => event_id));
  });

  it.each([[7], [50], [1000]])('is read in pages of %i, however much is fetched at once', async (limit) => {
    const roomId = await roomWith(130);
    await bob.join(roomId, 'hs1.test');
    const events = await readAll(bob, roomId, limit);
    expect(said(events).toReversed()).toEqual(upTo(130));
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  it('is read from where a sync began', async () => {
    const roomId = await roomWith(20);
    await bob.join(roomId, 'hs1.test');
    const { rooms } = await bob.sync({
      since: undefined,
      filter: JSON.stringify({ room: { timeline: { limit: 3 } } }),
    });
    const events = await readAll(bob, roomId, 10, rooms.join[roomId].timeline.prev_batch);
    expect(said(events).toReversed()).toEqual(upTo(20));
  });

  it('is read from the beginning forward', async () => {
    const roomId = await roomWith(10);
    await bob.join(roomId, 'hs1.test');
    const page = await bob.messages(roomId, { dir: 'f', limit: 100 });
    expect(said(page.chunk)).toEqual(upTo(10));
  });

  it('is fetched once', async () => {
    const roomId = await roomWith(5);
    await bob.join(roomId, 'hs1.test');
    const asked = () =>
      federation.exchanges.filter(({ uri }) => uri.includes(`/backfill/${encodeURIComponent(roomId)}`));
    await Promise.all([1, 2, 3].map(() => readAll(bob, roomId, 100)));
    expect(asked()).toHaveLength(1);
    await readAll(bob, roomId, 100);
    expect(asked()).toHaveLength(1);
  });

  it('is read around an event that everybody knows', async () => {
    const roomId = await roomWith(6);
    await bob.join(roomId, 'hs1.test');
    const { chunk } = await bob.messages(roomId, { limit: 3 });
    const oldest = chunk.findLast(({ type }) => type === 'm.room.message');
    const context = await bob.context(roomId, oldest?.event_id ?? '$', { limit: 4 });
    expect(said(context.events_before)).toHaveLength(2);
  });

  it('is not there for those from whom the room keeps it', async () => {
    const initial_state = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }];
    const roomId = await roomWith(5, { initial_state });
    await bob.join(roomId, 'hs1.test');
    await alice.say(roomId, 'welcome');
    await bob.syncUntil(roomId, ({ content }) => content.body === 'welcome');
    const events = await readAll(bob, roomId, 100);
    expect(said(events)).toEqual(['welcome']);
    const backfills = federation.exchanges.filter(({ uri }) => uri.includes(`/backfill/${encodeURIComponent(roomId)}`));
    expect(JSON.stringify(backfills.map(({ body }) => body))).not.toContain('message 5');
  });

  it('can be had later while nobody can be asked', async () => {
    const roomId = await roomWith(5);
    await bob.join(roomId, 'hs1.test');
    federation.cut('hs1.test', 'hs2.test');
    const page = await bob.messages(roomId, { limit: 50 });
    expect(said(page.chunk)).toEqual([]);
    expect(page.end).toBeDefined();
    federation.heal('hs1.test', 'hs2.test');
  });
});

describe('a single event from before somebody came', () => {
  it('is found by its id, with what was said around it', async () => {
    const roomId = await roomWith(3);
    const wanted = await alice.say(roomId, 'message 4');
    for (let n = 5; n <= 110; n += 1) await alice.say(roomId, `message ${n}`);
    await bob.join(roomId, 'hs1.test');
    expect(await bob.event(roomId, wanted)).toMatchObject({ event_id: wanted, content: { body: 'message 4' } });
    const context = await bob.context(roomId, wanted, { limit: 6 });
    expect(said(context.events_before)).toEqual(['message 3', 'message 2', 'message 1']);
    expect(said(context.events_after)).toEqual(upTo(7, 5));
    expect(said(await readAll(bob, roomId, 50)).toReversed()).toEqual(upTo(110));
  });

  it('is nobody else’s, and nothing is asked for twice that nobody has', async () => {
    const initial_state = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }];
    const roomId = await roomWith(1, { initial_state });
    const secret = await alice.say(roomId, 'secret');
    await bob.join(roomId, 'hs1.test');
    const carol = await two.register('carol');
    const get = (user: TestUser, eventId: string) =>
      user.get(`/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(eventId)}`);
    const asked = (eventId: string) =>
      federation.exchanges.filter(({ uri }) => uri.includes(`/event/${encodeURIComponent(eventId)}`)).length;
    expect((await get(carol, secret)).status).toBe(404);
    expect(asked(secret)).toBe(0);
    expect((await get(bob, secret)).status).toBe(404);
    for (const _time of [1, 2, 3]) expect((await get(bob, '$nothing')).status).toBe(404);
    expect(asked('$nothing')).toBe(1);
  });
});

describe('what was said while everybody of a server was away', () => {
  it('is read by whoever comes back', async () => {
    const roomId = await roomWith(3);
    await bob.join(roomId, 'hs1.test');
    expect(said(await readAll(bob, roomId, 10)).toReversed()).toEqual(upTo(3));
    await bob.leave(roomId);
    await alice.syncUntil(
      roomId,
      ({ content, state_key }) => state_key === bob.userId && content.membership === 'leave',
    );
    for (const n of [4, 5, 6]) await alice.say(roomId, `message ${n}`);
    await bob.join(roomId, 'hs1.test');
    const events = await readAll(bob, roomId, 10);
    expect(said(events).toReversed()).toEqual(upTo(6));
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });
});

const path = (roomId: RoomId) => `/_matrix/client/v1/rooms/${encodeURIComponent(roomId)}/timestamp_to_event`;

describe('the event at a time', () => {
  it('is found on other servers, and all around it can be read', async () => {
    const roomId = await roomWith(3);
    const wanted = await alice.say(roomId, 'message 4');
    const { origin_server_ts: ts } = await alice.event(roomId, wanted);
    for (let n = 5; n <= 120; n += 1) await alice.say(roomId, `message ${n}`);
    await bob.join(roomId, 'hs1.test');
    const found = await bob.ok('GET', path(roomId), { query: { ts: Number(ts), dir: 'f' } });
    const there = await alice.ok('GET', path(roomId), { query: { ts: Number(ts), dir: 'f' } });
    expect(found).toEqual(there);
    const context = await bob.context(roomId, found.event_id, { limit: 0 });
    const before = await readAll(bob, roomId, 10, context.start);
    expect(said(before).toReversed()).toEqual(upTo(3));
    const after: string[] = [];
    let from = context.end as string | undefined;
    while (from !== undefined) {
      const page: any = await bob.messages(roomId, { dir: 'f', from, limit: 50 });
      after.push(...said(page.chunk));
      from = page.end;
    }
    expect(after).toEqual(upTo(120, 5));
  });

  it('is not there before the first and after the last', async () => {
    const roomId = await roomWith(1);
    await bob.join(roomId, 'hs1.test');
    expect((await bob.get(path(roomId), { ts: 0, dir: 'b' })).status).toBe(404);
    expect((await bob.get(path(roomId), { ts: Date.now() + 1e6, dir: 'f' })).status).toBe(404);
  });
});
