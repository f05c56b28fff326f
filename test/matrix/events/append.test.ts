import { expect, it } from 'vitest';
import type { UserId } from '../../../src-main/spec/ids.js';
import { statement } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';
import { seededRandom } from '../../support/seeded-random.js';
import { ALICE, eventsOn, TestRoom } from './rooms-on-disk.js';

const longestChain = statement<[], { layers: number }>('SELECT max(layers) AS layers FROM state_snapshots');
const largestDelta = statement<[], { size: number }>('SELECT max(size) AS size FROM state_snapshots');
const leaves = statement<[], { count: number }>('SELECT count(*) AS count FROM forward_extremities');

const person = (n: number): UserId => `@person${n}:hearth.test`;
const MESSAGE = { sender: ALICE, type: 'm.room.message', content: { msgtype: 'm.text', body: 'x' } };

const failing = (work: () => Promise<unknown>) => work().catch((error: unknown) => error);

describeEachDatabase('the events of rooms', (databases) => {
  it('tell the state before every event as a replay of the room does', async () => {
    const room = await TestRoom.create(await databases.open());
    const random = seededRandom(20260701);
    for (let n = 0; n < 150; n += 1) {
      const key = String(Math.floor(random() * 12));
      if (random() < 0.25) await room.say(`${n}`);
      else await room.state(`org.x.${Math.floor(random() * 3)}`, key, { n: Math.floor(random() * 4) });
    }
    const state = new Map<string, string>();
    const timeline = await room.timeline();
    const keys = [['org.x.0', '3'] as const, ['org.x.1', '7'] as const, ['org.x.2', 'never'] as const];
    const some = await room.events.stateAt.entriesBefore(timeline, keys);
    for (const event of timeline) {
      const entries = [...(some.get(event.nid)?.values() ?? [])].map(({ eventId }) => eventId);
      expect(entries.sort()).toEqual(keys.flatMap(([type, key]) => state.get(`${type} ${key}`) ?? []).sort());
      const before = await room.events.stateAt.before(event);
      const told = before.map((entry) => [`${entry.type} ${entry.stateKey}`, entry.eventId] as const);
      expect(new Map([...told].sort())).toEqual(new Map([...state].sort()));
      if (event.stateKey !== undefined) state.set(`${event.type} ${event.stateKey}`, event.eventId);
    }
    const now = await room.events.reader.allState(room.roomId, { withMembers: true });
    expect(new Set(now.map(({ eventId }) => eventId))).toEqual(new Set(state.values()));
  });

  it('form a chain: each follows the one before and is allowed by the state before it', async () => {
    const room = await TestRoom.create(await databases.open());
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 3 ? room.say(`${n}`) : room.member(person(n), 'join'))),
    );
    const timeline = await room.timeline();
    expect(timeline).toHaveLength(43);
    for (const [index, event] of timeline.entries()) {
      expect(event.depth).toBe(index + 1);
      expect(event.prevEvents).toEqual(index === 0 ? [] : [timeline[index - 1]?.eventId]);
      const before = new Set((await room.events.stateAt.before(event)).map(({ eventId }) => eventId));
      for (const authEvent of event.authEvents) expect(before).toContain(authEvent);
    }
    expect(await room.db.get(leaves)).toEqual({ count: 1 });
  });

  it('cost the same few rows however large the room is', async () => {
    const db = await databases.open();
    const room = await TestRoom.create(db);
    await room.say('warm');
    const small = await room.cost(MESSAGE);
    // The rows are the same on both engines; PostgreSQL takes longer for them.
    const people = databases.engine === 'sqlite' ? 3000 : 400;
    const costs: number[] = [];
    for (let n = 0; n < people; n += 1) {
      const member = person(n);
      const draft = { sender: member, type: 'm.room.member', stateKey: member, content: { membership: 'join' } };
      costs.push((await room.cost(draft)).rowsWritten);
    }
    await room.say('warm again');
    const large = await room.cost(MESSAGE);
    expect(large).toEqual(small);
    expect(small.rowsWritten).toBeLessThanOrEqual(2);
    expect(small.statements).toBeLessThanOrEqual(4);
    expect(Math.max(...costs)).toBeLessThanOrEqual(256 + 16);
    expect(costs.reduce((sum, cost) => sum + cost, 0) / people).toBeLessThan(24);
    expect((await db.get(longestChain))?.layers).toBeLessThanOrEqual(8 + people / 128);
    expect((await db.get(largestDelta))?.size).toBeLessThanOrEqual(256);
    expect(await room.events.reader.counts(room.roomId)).toEqual({ joined: people + 1, invited: 0 });
    const [last] = (await room.timeline()).slice(-1);
    if (last) expect(await room.events.stateAt.before(last)).toHaveLength(people + 3);
  }, 60_000);

  it('stay right when one of a batch fails', async () => {
    const db = await databases.open();
    const room = await TestRoom.create(db);
    const aborted = (draft: Parameters<TestRoom['append']>[0]) =>
      failing(() =>
        db.write(async (tx) => {
          await room.events.appender.append(tx, { ...draft, roomId: room.roomId });
          throw new Error('no');
        }),
      );
    await Promise.all([
      room.say('1'),
      aborted({ ...MESSAGE, content: { msgtype: 'm.text', body: 'never' } }),
      aborted({ sender: ALICE, type: 'm.room.topic', stateKey: '', content: { topic: 'never' } }),
      room.state('m.room.topic', '', { topic: 'once' }),
      failing(() => room.say('refused', '@eve:hearth.test')),
      aborted({
        sender: '@bob:hearth.test',
        type: 'm.room.member',
        stateKey: '@bob:hearth.test',
        content: { membership: 'join' },
      }),
      failing(() => room.say('refused', '@bob:hearth.test')),
      room.say('2'),
      room.state('m.room.topic', '', { topic: 'never' }),
    ]);
    const timeline = await room.timeline();
    expect(timeline.slice(3).map(({ content }) => content['body'] ?? content['topic'])).toEqual([
      '1',
      'once',
      '2',
      'never',
    ]);
    for (const [index, event] of timeline.entries()) {
      if (index > 0) expect(event.prevEvents).toEqual([timeline[index - 1]?.eventId]);
    }
    expect(await room.events.reader.membership(room.roomId, '@bob:hearth.test')).toBeUndefined();
    expect(await room.events.reader.counts(room.roomId)).toEqual({ joined: 1, invited: 0 });
    await room.member('@bob:hearth.test', 'join');
    expect(await room.events.reader.isJoined(room.roomId, '@bob:hearth.test')).toBe(true);
  });

  it('forget rooms that were not made after all', async () => {
    const db = await databases.open();
    const events = eventsOn(db);
    const kept = await TestRoom.create(db, events);
    let lost: `!${string}` | undefined;
    const failed = db.write(async (tx) => {
      const rules = (await events.reader.knownRoom(kept.roomId, tx)).rules;
      lost = (await events.appender.create(tx, { sender: '@new:hearth.test', rules, content: {}, roomId: undefined }))
        .roomId;
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(lost && (await events.reader.room(lost))).toBeUndefined();
    await kept.member('@new:hearth.test', 'join');
    expect((await kept.say('here', '@new:hearth.test')).sender).toBe('@new:hearth.test');
  });

  it('are the same after a restart, and go on where they were', async () => {
    const config = await databases.create();
    const before = await databases.open(config);
    const room = await TestRoom.create(before);
    for (let n = 0; n < 20; n += 1) await room.state('org.x', `${n}`, { n });
    await room.member(person(1), 'join');
    const last = await room.say('before', person(1));
    const timeline = (await room.timeline()).map(({ eventId, pdu }) => ({ eventId, pdu }));
    await before.durable();
    await before.close();

    const after = await databases.open(config);
    const sameRoom = room.on(after);
    expect((await sameRoom.timeline()).map(({ eventId, pdu }) => ({ eventId, pdu }))).toEqual(timeline);
    const next = await sameRoom.say('after', person(1));
    expect(next.prevEvents).toEqual([last.eventId]);
    expect(next.depth).toBe(last.depth + 1);
    expect(await sameRoom.state('org.x', '7', { n: 7 })).toMatchObject({
      eventId: timeline.find(({ pdu }) => pdu.state_key === '7')?.eventId,
    });
    expect(next.nid).toBeGreaterThan(last.nid);
  });

  it('come in order through the stream, each once', async () => {
    const room = await TestRoom.create(await databases.open());
    await Promise.all(Array.from({ length: 30 }, (_, n) => room.say(`${n}`)));
    const seen: string[] = [];
    for (let position = 0; ; ) {
      const changes = await room.events.stream.after(position, 7);
      if (changes.length === 0) break;
      seen.push(...changes.map(({ change }) => change.eventId));
      position = changes.at(-1)?.position ?? position;
    }
    expect(seen).toEqual((await room.timeline()).map(({ eventId }) => eventId));
  });
});
