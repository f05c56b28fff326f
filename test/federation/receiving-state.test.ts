import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import type { SealedPdu } from '../../src-main/spec/seal-pdu.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
});
afterAll(() => federation.stop());

const V1 = '/_matrix/federation/v1';
const nothing = { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'no' } };

/** A room of a hand-played server that Alice has joined, and Mallory, who has no power there. */
async function joined(version = '12') {
  count += 1;
  const fake = await federation.fakeServer(`fake${count}.test`);
  const room = new FakeRoom(fake, version).letIn();
  const mallory = `@mallory:${fake.name}` as const;
  room.add({ type: 'm.room.member', sender: mallory, stateKey: mallory, content: { membership: 'join' } });
  await alice.join(room.roomId, fake.name);
  return { fake, room, mallory };
}

function send(fake: FakeServer, pdus: unknown[]) {
  count += 1;
  const body = { origin: fake.name, origin_server_ts: Date.now(), pdus };
  return fake.ask(one, 'PUT', `${V1}/send/t${count}`, body);
}

const message = (room: FakeRoom, body: string, more: object = {}): SealedPdu =>
  room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body }, ...more });

function next(room: FakeRoom, body: string): SealedPdu {
  const sealed = message(room, body);
  room.take(sealed.pdu);
  return sealed;
}

async function bodies(roomId: RoomId): Promise<string[]> {
  const { chunk } = await alice.messages(roomId, { dir: 'b', limit: 100 });
  return chunk
    .filter(({ type }) => type === 'm.room.message')
    .map(({ content }) => content.body as string)
    .reverse();
}
const shows = (room: FakeRoom, wanted: string[], timeout = 10_000) =>
  expect.poll(() => bodies(room.roomId), { timeout }).toEqual(wanted);

/** Answers `/event`, `/event_auth` and `/state_ids` with the room's own events. */
function answersAll(fake: FakeServer, room: FakeRoom, more: readonly SealedPdu[] = []): void {
  const pdus = () => [...room.events.map(({ pdu, eventId }) => ({ pdu, eventId })), ...more];
  const authChain = () => pdus().map(({ pdu }) => pdu);
  fake.on('POST', /get_missing_events/, { body: { events: [] } });
  fake.on('GET', new RegExp(`^${V1}/event/`), ({ path }) => {
    const found = pdus().find(({ eventId }) => eventId === path[4]);
    return found ? { body: { origin: fake.name, origin_server_ts: 1, pdus: [found.pdu] } } : nothing;
  });
  fake.on('GET', /\/event_auth\//, () => ({ body: { auth_chain: authChain() } }));
  fake.on('GET', /\/state_ids\//, () => ({
    body: { pdu_ids: [...room.state.values()].map(({ eventId }) => eventId), auth_chain_ids: [] },
  }));
}

describe('events that rest on rejected ones', () => {
  it('are rejected, whether those came before or are fetched', async () => {
    const { fake, room, mallory } = await joined();
    const takeOver = room.make({
      type: 'm.room.power_levels',
      sender: mallory,
      stateKey: '',
      content: { users: { [mallory]: 100 } },
    });
    await send(fake, [takeOver.pdu]);
    const [, , ...others] = room.authEventsOf({ type: 'm.room.message', sender: mallory });
    const restsOn = (eventId: SealedPdu['eventId'], body: string) => {
      const member = room.state.get(`13:m.room.member${mallory}`)?.eventId;
      const authEvents = [eventId, ...(member ? [member] : []), ...others].slice(0, 3);
      return message(room, body, { sender: mallory, authEvents });
    };
    const afterKnown = restsOn(takeOver.eventId, 'rests on a known one');
    expect((await send(fake, [afterKnown.pdu])).body).toEqual({ pdus: { [afterKnown.eventId]: {} } });

    const outlier = room.make({
      type: 'm.room.power_levels',
      sender: mallory,
      stateKey: '',
      content: { users: { [mallory]: 99 } },
    });
    answersAll(fake, room, [outlier]);
    const afterFetched = restsOn(outlier.eventId, 'rests on a fetched one');
    await send(fake, [afterFetched.pdu]);
    await expect.poll(() => fake.received(/event_auth/).length).toBeGreaterThan(0);
    await send(fake, [next(room, 'an honest one').pdu]);
    await shows(room, ['an honest one']);
    expect(await alice.stateContent(room.roomId, 'm.room.power_levels')).not.toHaveProperty(['users', mallory]);
  });
});

describe('events whose auth events cannot be had', () => {
  it('wait until they can, and spoil nothing meanwhile', async () => {
    const { fake, room, mallory } = await joined();
    for (const path of [/\/event_auth\//, /\/event\//, /\/state_ids\//]) fake.on('GET', path, nothing);
    fake.on('POST', /get_missing_events/, { body: { events: [] } });
    const renamed = room.add({
      type: 'm.room.member',
      sender: mallory,
      stateKey: mallory,
      content: { membership: 'join', displayname: 'Mal' },
    });
    const said = message(room, 'under a new name', { sender: mallory });
    room.take(said.pdu);
    expect((await send(fake, [said.pdu])).body).toEqual({ pdus: { [said.eventId]: {} } });
    await expect.poll(() => fake.received(/event_auth/).length).toBeGreaterThan(0);
    expect(await bodies(room.roomId)).toEqual([]);
    answersAll(fake, room);
    await send(fake, [renamed.pdu]); // which wakes what waits for it
    await shows(room, ['under a new name']);
  });
});

describe('a gap', () => {
  it('shows as a limited timeline, without what is older than it', async () => {
    const { fake, room } = await joined();
    answersAll(fake, room);
    await send(fake, [next(room, 'before the gap').pdu]);
    await shows(room, ['before the gap']);
    await alice.sync();
    for (let at = 0; at < 50; at += 1) next(room, `lost ${at}`);
    const last = next(room, 'after the gap');
    await send(fake, [last.pdu]);
    const timeline = await alice.syncUntilBody((body) => body.rooms?.join?.[room.roomId]?.timeline);
    expect(timeline.limited).toBe(true);
    expect(timeline.events.map(({ event_id }: { event_id: string }) => event_id)).toEqual([last.eventId]);
  });
});

describe('a fork', () => {
  it('changes the state for clients that leave its events out of their timeline', async () => {
    const { fake, room } = await joined();
    const filter = JSON.stringify({ room: { timeline: { types: ['m.room.message'] } } });
    const atFork = room.latest;
    await send(fake, [next(room, 'on one side').pdu]);
    await shows(room, ['on one side']);
    await alice.sync({ filter });
    const other = room.make({
      type: 'm.room.topic',
      stateKey: '',
      content: { topic: 'from the other side' },
      prevEvents: atFork,
    });
    await send(fake, [other.pdu]);
    const seen: any[] = [];
    await expect
      .poll(
        async () => {
          seen.push(...((await alice.sync({ filter })).rooms?.join?.[room.roomId]?.state?.events ?? []));
          return seen;
        },
        { timeout: 10_000 },
      )
      .toMatchObject([{ type: 'm.room.topic', content: { topic: 'from the other side' } }]);
  });
});
