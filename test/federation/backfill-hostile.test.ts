import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../src-main/spec/event.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeAnswer, type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let fake: FakeServer;
let alice: TestUser;
let room: FakeRoom;
let rooms = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
});
afterAll(() => federation.stop());
beforeEach(async () => {
  fake = await federation.fakeServer(`fake${(rooms += 1)}.test`);
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  fake.on('GET', /\/state_ids\//, () => ({
    body: { pdu_ids: stateAtFirst(), auth_chain_ids: stateAtFirst() },
  }));
  fake.on('GET', /\/event\//, ({ path }) => {
    const event = room.events.find(({ eventId }) => eventId === path[4]);
    return { body: { origin: fake.name, origin_server_ts: 1, pdus: event ? [event.pdu] : [] } };
  });
});

const BACKFILL = /\/backfill\//;
const stateAtFirst = () => room.events.slice(0, 4).map(({ eventId }) => eventId);
const say = (body: string) => room.add({ type: 'm.room.message', content: { msgtype: 'm.text', body } });
const asked = () => fake.received(BACKFILL).length;

/** Alice joins a room in which something was said. */
async function join(version: string, messages: number): Promise<void> {
  room = new FakeRoom(fake, version).letIn();
  for (let n = 1; n <= messages; n += 1) say(`message ${n}`);
  await alice.join(room.roomId, fake.name);
}

async function read(limit = 50): Promise<string[]> {
  const { chunk } = await alice.messages(room.roomId, { limit });
  return chunk.flatMap(({ type, content }) => (type === 'm.room.message' ? content.body : []));
}

const transaction = (events: readonly RoomEvent[]) => ({
  origin: fake.name,
  origin_server_ts: 1,
  pdus: events.map(({ pdu }) => pdu),
});

/** What it has up to the events that are named, the latest first. */
const wellBehaved =
  (limit: number): FakeAnswer =>
  ({ query }) => {
    const named = room.events.findLastIndex(({ eventId }) => query.getAll('v').includes(eventId));
    return {
      body: transaction(
        room.events
          .slice(0, named + 1)
          .toReversed()
          .slice(0, limit),
      ),
    };
  };

describe('history from a server', () => {
  it('comes in small pieces, with the state that it tells', async () => {
    await join('11', 5);
    fake.on('GET', BACKFILL, wellBehaved(3));
    expect(await read()).toEqual(['message 5', 'message 4', 'message 3', 'message 2', 'message 1']);
  });

  it.each<[string, () => FakeAnswer]>([
    ['nothing', () => () => ({ body: transaction([]) })],
    ['an error', () => () => ({ status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } })],
    ['no JSON', () => () => ({ body: '<html>', isWrong: true })],
    ['no events', () => () => ({ body: { pdus: 'many' }, isWrong: true })],
    ['what is no event', () => () => ({ body: { pdus: [1, null, {}, { type: 'm.room.message' }] }, isWrong: true })],
    ['what is nested without end', () => () => ({ body: `{"pdus":${'['.repeat(5_000)}${']'.repeat(5_000)}}` })],
    ['half an answer', () => (_request, response) => cut(response)],
    [
      'events of another room',
      () => {
        const other = new FakeRoom(fake, '11');
        other.add({ type: 'm.room.message', content: { body: 'elsewhere' } });
        return () => ({ body: transaction(other.events) });
      },
    ],
    [
      'events with wrong signatures',
      () => () => {
        const { pdus, ...rest } = transaction(room.events.slice(4, 6));
        const forged = pdus.map((pdu) => ({ ...pdu, signatures: { [fake.name]: { 'ed25519:fake': 'AAAA' } } }));
        return { body: { ...rest, pdus: forged } };
      },
    ],
    ['only what is known', () => () => ({ body: transaction(room.events.slice(-1)) })],
  ])('does no harm when it is %s, and is not asked for at once again', async (_case, answer) => {
    await join('11', 3);
    fake.on('GET', BACKFILL, answer());
    expect(await read()).toEqual([]);
    const before = asked();
    expect(before).toBeLessThanOrEqual(2);
    await read();
    expect(asked()).toBe(before);
    expect(await alice.say(room.roomId, 'still here')).toMatch(/^\$/);
  });

  it('has its bounds, however much is told at once', async () => {
    await join('11', 150);
    fake.on('GET', BACKFILL, wellBehaved(10_000));
    expect(await read(10)).toHaveLength(9);
    expect(asked()).toBe(1);
    expect(fake.received(BACKFILL)[0]?.query.get('limit')).toBe('100');
    expect(await read(1000)).toHaveLength(150);
    expect(asked()).toBeLessThanOrEqual(3);
  });

  it('that goes round in a circle comes to an end', async () => {
    await join('2', 0);
    const first = room.make({ type: 'm.room.message', content: { body: 'a' }, prevEvents: ['$b:fake.test'] });
    const second = room.make({ type: 'm.room.message', content: { body: 'b' }, prevEvents: [first.eventId] });
    fake.on('GET', BACKFILL, { body: { ...transaction([]), pdus: [first.pdu, second.pdu] } });
    expect((await read()).length).toBeLessThanOrEqual(2);
    expect(asked()).toBeLessThanOrEqual(6);
  });

  it('may hold what the rules forbid, which is left out', async () => {
    await join('11', 2);
    const intruder = `@intruder:${fake.name}` as const;
    const forbidden = room.make({ type: 'm.room.message', sender: intruder, content: { body: 'forbidden' } });
    fake.on('GET', BACKFILL, () => ({
      body: { ...transaction([]), pdus: [forbidden.pdu, ...room.events.slice(0, 6).map(({ pdu }) => pdu)] },
    }));
    expect(await read()).toEqual(['message 2', 'message 1']);
  });
});

function cut(response: ServerResponse): undefined {
  response.writeHead(200).write('{"pdus":[', () => response.destroy());
  return undefined;
}
