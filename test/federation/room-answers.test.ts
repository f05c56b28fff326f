import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { Pdu } from '../../src-main/spec/event.js';
import { eventIdOf } from '../../src-main/spec/event-id.js';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import { redactPdu } from '../../src-main/spec/redaction.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { rulesOf } from '../support/rooms.js';
import type { TestUser } from '../support/test-client.js';

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;
const FAY = '@fay:fake.test';
const rules = rulesOf('11');

let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let fake: FakeServer;
let stranger: FakeServer;
let roomId: RoomId;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
  fake = await federation.fakeServer('fake.test');
  stranger = await federation.fakeServer('stranger.test');
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
});
afterAll(() => federation.stop());
beforeEach(async () => {
  roomId = await alice.createRoom({ preset: 'public_chat', room_version: '11' });
});

const get = (path: string, by = fake) => by.ask(one, 'GET', `${V1}${path}`);
const idsOf = (pdus: readonly Pdu[]): EventId[] => pdus.map((pdu) => eventIdOf(pdu, rules));

/** Somebody of the played server joins the room. @returns the id of the join */
async function join(): Promise<EventId> {
  const path = `/make_join/${segment(roomId)}/${segment(FAY)}?ver=11`;
  const { event } = (await get(path)).body;
  const { pdu } = sealPdu(event as PduDraft, rules, 'fake.test', fake.key);
  const eventId = eventIdOf(pdu, rules);
  const uri = `/_matrix/federation/v2/send_join/${segment(roomId)}/${segment(eventId)}`;
  expect((await fake.ask(one, 'PUT', uri, pdu)).status).toBe(200);
  return eventId;
}

const paths = (eventId: string): Record<string, string> => ({
  event: `/event/${segment(eventId)}`,
  state: `/state/${segment(roomId)}?event_id=${segment(eventId)}`,
  state_ids: `/state_ids/${segment(roomId)}?event_id=${segment(eventId)}`,
  event_auth: `/event_auth/${segment(roomId)}/${segment(eventId)}`,
  backfill: `/backfill/${segment(roomId)}?v=${segment(eventId)}&limit=5`,
  timestamp_to_event: `/timestamp_to_event/${segment(roomId)}?ts=0&dir=f`,
});

const missing = (body: JsonObject, by = fake) =>
  by.ask(one, 'POST', `${V1}/get_missing_events/${segment(roomId)}`, body);

describe('a server that is in the room', () => {
  it('gets an event', async () => {
    await join();
    const eventId = await alice.say(roomId, 'hello');
    const { status, body } = await get(paths(eventId)['event'] ?? '');
    expect(status).toBe(200);
    expect(body).toMatchObject({ origin: 'hs1.test', pdus: [{ content: { body: 'hello' }, sender: alice.userId }] });
    expect(idsOf(body.pdus)).toEqual([eventId]);
  });

  it('gets exactly what an event rests on', async () => {
    const joined = await join();
    const { body } = await get(paths(joined)['event_auth'] ?? '');
    const types = body.auth_chain.map(({ type, state_key }: Pdu) => `${type} ${state_key}`).toSorted();
    expect(types).toEqual([
      'm.room.create ',
      'm.room.join_rules ',
      `m.room.member ${alice.userId}`,
      'm.room.power_levels ',
    ]);
    const [create] = (await alice.state(roomId)).filter(({ type }) => type === 'm.room.create');
    expect((await get(paths(create?.event_id ?? '')['event_auth'] ?? '')).body).toEqual({ auth_chain: [] });
  });

  it('gets the state before an event, by ids and whole', async () => {
    await join();
    await alice.setState(roomId, 'm.room.topic', { topic: 'old' });
    const old = await alice.state(roomId);
    const changed = await alice.setState(roomId, 'm.room.topic', { topic: 'new' });
    const ids = (await get(paths(changed)['state_ids'] ?? '')).body;
    expect(ids.pdu_ids.toSorted()).toEqual(old.map(({ event_id }) => event_id).toSorted());
    const whole = (await get(paths(changed)['state'] ?? '')).body;
    expect(idsOf(whole.pdus).toSorted()).toEqual(ids.pdu_ids.toSorted());
    expect(idsOf(whole.auth_chain).toSorted()).toEqual(ids.auth_chain_ids.toSorted());
    expect(whole.pdus.find(({ type }: Pdu) => type === 'm.room.topic')).toMatchObject({ content: { topic: 'old' } });
  });

  it('gets what was said before an event, the latest first', async () => {
    await join();
    const said: EventId[] = [];
    for (let n = 0; n < 10; n += 1) said.push(await alice.say(roomId, `message ${n}`));
    const { body } = await get(paths(said[9] ?? '')['backfill'] ?? '');
    expect(idsOf(body.pdus)).toEqual(said.slice(5).toReversed());
    expect((await get(`/backfill/${segment(roomId)}?v=${segment(said[9] ?? '')}&limit=0`)).body.pdus).toEqual([]);
    expect(await get(`/backfill/${segment(roomId)}?limit=5`)).toMatchObject({ status: 400 });
  });

  it('gets the events that it misses, the earliest first', async () => {
    const joined = await join();
    const said: EventId[] = [];
    for (let n = 0; n < 30; n += 1) said.push(await alice.say(roomId, `message ${n}`));
    const ask = (limit: number) => missing({ earliest_events: [joined], latest_events: [said[29] ?? ''], limit });
    expect(idsOf((await ask(5)).body.events)).toEqual(said.slice(24, 29));
    expect((await ask(1000)).body.events).toHaveLength(20);
    const none = await missing({ earliest_events: [], latest_events: ['$nothing'], limit: 10 });
    expect(none).toMatchObject({ status: 200, body: { events: [] } });
  });

  it('gets the event nearest to a time', async () => {
    await join();
    const eventId = await alice.say(roomId, 'now');
    const { origin_server_ts: ts } = await alice.event(roomId, eventId);
    const { body } = await get(`/timestamp_to_event/${segment(roomId)}?ts=${Date.now() + 1e6}&dir=b`);
    expect(body).toEqual({ event_id: eventId, origin_server_ts: ts });
    expect(await get(`/timestamp_to_event/${segment(roomId)}?ts=1&dir=b`)).toMatchObject({ status: 404 });
  });

  it('gets nothing of other rooms under the name of this one', async () => {
    await join();
    const other = await alice.createRoom({ preset: 'public_chat' });
    const secret = await alice.say(other, 'secret');
    const { event, timestamp_to_event: _time, ...named } = paths(secret);
    for (const path of Object.values(named)) {
      const reply = await get(path);
      expect(JSON.stringify(reply.body)).not.toContain('secret');
      if (!path.startsWith('/backfill')) expect(reply).toMatchObject({ status: 404 });
    }
    expect(await get(event ?? '')).toMatchObject({ status: 403 });
    const answer = await missing({ earliest_events: [], latest_events: [secret], limit: 10 });
    expect(answer.body).toEqual({ events: [] });
  });

  it('hears that there is no such event', async () => {
    await join();
    for (const [name, path] of Object.entries(paths('$nothing'))) {
      if (name === 'backfill' || name === 'timestamp_to_event') continue;
      expect(await get(path)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    }
  });
});

describe('a server that is not in the room', () => {
  it('gets nothing, nor learns whether there is a room', async () => {
    await join();
    const eventId = await alice.say(roomId, 'hello');
    for (const path of Object.values(paths(eventId))) {
      expect(await get(path, stranger)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    }
    const asked = { earliest_events: [], latest_events: [eventId], limit: 10 };
    expect(await missing(asked, stranger)).toMatchObject({ status: 403 });
    roomId = '!nowhere:hs1.test';
    const { event: _event, ...inRoom } = paths('$nothing');
    for (const path of Object.values(inRoom)) expect(await get(path)).toMatchObject({ status: 403 });
  });

  it('is shut out by the room, though it was in it', async () => {
    await join();
    const eventId = await alice.say(roomId, 'hello');
    await alice.setState(roomId, 'm.room.server_acl', { allow: ['*'], deny: ['fake.test'] });
    for (const path of Object.values(paths(eventId))) {
      expect(await get(path)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    }
  });

  it('gets nothing more once its people have left', async () => {
    await join();
    await alice.moderate('kick', roomId, FAY);
    const eventId = await alice.say(roomId, 'among ourselves');
    for (const path of Object.values(paths(eventId))) expect(await get(path)).toMatchObject({ status: 403 });
  });
});

describe('history that a room keeps from those who were not there', () => {
  it('is told redacted, so that nothing is missing from the graph', async () => {
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'joined' });
    const before = await alice.say(roomId, 'before');
    await join();
    const after = await alice.say(roomId, 'after');
    const pdus: Pdu[] = (await get(`/backfill/${segment(roomId)}?v=${segment(after)}&limit=100`)).body.pdus;
    const contentOf = (id: EventId) => pdus.find((pdu) => eventIdOf(pdu, rules) === id)?.content;
    expect(contentOf(after)).toMatchObject({ body: 'after' });
    expect(contentOf(before)).toEqual({});
    expect((await get(paths(before)['event'] ?? '')).body.pdus[0].content).toEqual({});
    const { body } = await missing({ earliest_events: [], latest_events: [after], limit: 20 });
    expect(JSON.stringify(body)).not.toContain('"before"');
    const first = await get(`/timestamp_to_event/${segment(roomId)}?ts=0&dir=f`);
    expect(first.body.event_id).not.toBe(before);
  });

  it('is theirs from the invitation on where the room says so', async () => {
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'invited' });
    const before = await alice.say(roomId, 'before');
    fake.on('PUT', /\/invite\//, ({ body: { event } }) => {
      const { signatures } = fake.sign(redactPdu(event as Pdu, rules));
      return { body: { event: { ...event, signatures } } };
    });
    await alice.invite(roomId, FAY);
    const between = await alice.say(roomId, 'between');
    await join();
    const content = async (id: EventId) => (await get(paths(id)['event'] ?? '')).body.pdus[0].content;
    expect(await content(between)).toMatchObject({ body: 'between' });
    expect(await content(before)).toEqual({});
  });
});

it('tells nothing of what erased people wrote', async () => {
  const bob = await one.register('bob');
  await bob.join(roomId);
  await join();
  const secret = await bob.say(roomId, 'secret');
  const content = async () => (await get(paths(secret)['event'] ?? '')).body.pdus[0].content;
  expect(await content()).toMatchObject({ body: 'secret' });
  const identifier = { type: 'm.id.user', user: bob.userId };
  const auth = { type: 'm.login.password', identifier, password: bob.password };
  await bob.ok('POST', '/account/deactivate', { body: { erase: true, auth } });
  await expect.poll(content).toEqual({});
  const { pdus } = (await get(`/backfill/${segment(roomId)}?v=${segment(secret)}&limit=10`)).body;
  expect(JSON.stringify(pdus)).not.toContain('"secret"');
});
