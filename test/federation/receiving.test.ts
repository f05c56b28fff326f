import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
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

const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';

/** A room of a hand-played server of its own that Alice has joined. */
async function joined(version = '12', options: { joinRule?: string; levels?: JsonObject } = {}) {
  count += 1;
  const fake = await federation.fakeServer(`fake${count}.test`);
  const room = new FakeRoom(fake, version, options).letIn();
  await alice.ok('POST', `/join/${segment(room.roomId)}`, { query: { via: fake.name }, body: {} });
  return { fake, room };
}

const transaction = (fake: FakeServer, pdus: unknown[], edus: unknown[] = []) => ({
  origin: fake.name,
  origin_server_ts: Date.now(),
  pdus,
  ...(edus.length > 0 && { edus }),
});
const send = (fake: FakeServer, pdus: unknown[], edus: unknown[] = [], txnId = `t${(count += 1)}`, isWrong = false) =>
  fake.ask(one, 'PUT', `${V1}/send/${txnId}`, transaction(fake, pdus, edus), { isWrong });
const message = (room: FakeRoom, body: string, more: object = {}): SealedPdu =>
  room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body }, ...more });

/** A message at the end of the room. */
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
const shows = (room: FakeRoom, wanted: string[]) =>
  expect.poll(() => bodies(room.roomId), { timeout: 10_000 }).toEqual(wanted);

/** Answers what lies between by the room's own events. */
function answersMissing(fake: FakeServer, room: FakeRoom): void {
  fake.on('POST', `${V1}/get_missing_events/${segment(room.roomId)}`, ({ body }) => {
    const events = room.events.filter(({ eventId }) => !body.earliest_events.includes(eventId));
    const end = events.findIndex(({ eventId }) => body.latest_events.includes(eventId));
    const known = events.findIndex(({ eventId }) => body.earliest_events.includes(eventId));
    const between = events
      .slice(Math.max(known + 1, end - body.limit), end)
      .filter(({ type }) => type === 'm.room.message');
    return { body: { events: between.map(({ pdu }) => pdu) } };
  });
}

describe('a transaction', () => {
  it('brings events into the room, once, however often it comes', async () => {
    const { fake, room } = await joined();
    const [first, second] = [next(room, 'one'), next(room, 'two')];
    const answer = { status: 200, body: { pdus: { [first.eventId]: {}, [second.eventId]: {} } } };
    const both = [first.pdu, second.pdu];
    const replies = await Promise.all([send(fake, both, [], 'same'), send(fake, both, [], 'same')]);
    expect(replies).toEqual([answer, answer]);
    expect(await send(fake, both, [], 'same')).toEqual(answer);
    expect(await send(fake, both, [], 'other')).toEqual(answer);
    await shows(room, ['one', 'two']);
  });

  it.each(['1', '3', '6', '10', '11'])('brings events in room version %s', async (version) => {
    const { fake, room } = await joined(version);
    const { eventId, pdu } = next(room, 'hello');
    expect((await send(fake, [pdu])).body).toEqual({ pdus: { [eventId]: {} } });
    await shows(room, ['hello']);
  });

  it('leaves aside what is no event, and takes the others', async () => {
    const { fake, room } = await joined();
    const { room: other } = await joined();
    const good = [next(room, 'one'), next(room, 'two')];
    const wrongHash = message(room, 'changed');
    const elsewhere = message(other, 'of another server');
    const tooLong = room.make({ type: 'x'.repeat(300) });
    const bad: unknown[] = [
      'no event',
      null,
      [],
      {},
      { room_id: room.roomId },
      { room_id: 7 },
      { ...message(room, 'no room of ours').pdu, room_id: '!unknown:fake.test' },
      { ...message(room, 'unsigned').pdu, signatures: {} },
      { ...message(room, 'signed by nobody').pdu, signatures: { [fake.name]: { 'ed25519:fake': 'AAAA' } } },
      { ...message(room, 'in the wrong room').pdu, room_id: other.roomId },
      { ...message(room, 'numbers').pdu, depth: 1.5 },
      elsewhere.pdu,
      tooLong.pdu,
      message(room, 'x'.repeat(70_000)).pdu,
    ];
    const reply = await send(fake, [good[0]?.pdu, ...bad, good[1]?.pdu], [], undefined, true);
    expect(reply.status).toBe(200);
    for (const { eventId } of good) expect(reply.body.pdus[eventId]).toEqual({});
    expect(reply.body.pdus[tooLong.eventId].error).toEqual(expect.any(String));
    await shows(room, ['one', 'two']);
    // A wrong content hash takes the content, and nothing else.
    const changed = { ...wrongHash.pdu, content: { msgtype: 'm.text', body: 'forged' } };
    expect((await send(fake, [changed])).status).toBe(200);
    const event = await alice.event(room.roomId, wrongHash.eventId);
    expect(event.content).toEqual({});
  });

  it.each([
    ['too many events', { pdus: Array.from({ length: 51 }, () => ({})) }],
    ['too many EDUs', { pdus: [], edus: Array.from({ length: 101 }, () => ({})) }],
    ['no events', { edus: [] }],
    ['events that are no list', { pdus: {} }],
    ['nothing', []],
  ])('is refused with %s', async (_case, body) => {
    const fake = await federation.fakeServer(`refused${(count += 1)}.test`);
    const reply = await fake.ask(one, 'PUT', `${V1}/send/x`, body, { isWrong: true });
    expect(reply).toMatchObject({
      status: 400,
      body: { errcode: expect.stringMatching(/^M_(BAD_JSON|MISSING_PARAM)$/) },
    });
  });

  it('brings events whose clocks are days off', async () => {
    const { fake, room } = await joined();
    const day = 24 * 3_600_000;
    const real = Date.now;
    for (const off of [-day, day]) {
      Date.now = () => real() + off;
      const sealed = next(room, `off by ${off}`);
      Date.now = real;
      expect((await send(fake, [sealed.pdu])).body.pdus[sealed.eventId]).toEqual({});
    }
    await shows(room, [`off by ${-day}`, `off by ${day}`]);
  });

  it('of a room that nobody here is in any more is of no interest', async () => {
    const { fake, room } = await joined();
    fake.on('GET', new RegExp(`^${V1}/make_leave/`), () => ({ status: 404, body: { errcode: 'M_X', error: 'no' } }));
    await alice.leave(room.roomId);
    const { eventId, pdu } = next(room, 'after');
    expect((await send(fake, [pdu])).body).toEqual({ pdus: { [eventId]: {} } });
    expect((await alice.get(`/rooms/${segment(room.roomId)}/event/${segment(eventId)}`)).status).toBe(404);
  });

  it('does not fail when events are rejected, and what follows them comes in', async () => {
    const { fake, room } = await joined();
    const rejected = message(room, 'from nobody', { sender: `@nobody:${fake.name}` });
    room.latest = [rejected.eventId];
    const after = message(room, 'after it');
    const reply = await send(fake, [rejected.pdu, after.pdu]);
    expect(reply.body).toEqual({ pdus: { [rejected.eventId]: {}, [after.eventId]: {} } });
    await shows(room, ['after it']);
  });

  it('brings nothing from somebody who was put out, from a time when they were in', async () => {
    const { fake, room } = await joined();
    const mallory = `@mallory:${fake.name}` as const;
    const join = room.add({
      type: 'm.room.member',
      sender: mallory,
      stateKey: mallory,
      content: { membership: 'join' },
    });
    await send(fake, [join.pdu]);
    const late = message(room, 'late', { sender: mallory });
    const ban = room.add({ type: 'm.room.member', stateKey: mallory, content: { membership: 'ban' } });
    await send(fake, [ban.pdu]);
    expect((await send(fake, [late.pdu])).body).toEqual({ pdus: { [late.eventId]: {} } });
    const { pdu } = next(room, 'what all see');
    await send(fake, [pdu]);
    await shows(room, ['what all see']);
  });

  it('is refused, events and EDUs, for rooms that shut its server out', async () => {
    const { fake, room } = await joined();
    const acl = room.add({ type: 'm.room.server_acl', stateKey: '', content: { allow: ['*'], deny: [fake.name] } });
    await send(fake, [acl.pdu]);
    await expect.poll(() => alice.stateContent(room.roomId, 'm.room.server_acl').catch(() => undefined)).toBeDefined();
    const { eventId, pdu } = next(room, 'shut out');
    const typing = { room_id: room.roomId, user_id: room.creator, typing: true };
    await alice.sync();
    const reply = await send(fake, [pdu], [{ edu_type: 'm.typing', content: typing }]);
    expect(reply.body.pdus[eventId].error).toContain('banned');
    expect(JSON.stringify(await alice.sync())).not.toContain('m.typing');
    await shows(room, []);
  });
});

describe('missing events', () => {
  it('are asked for, and come in order', async () => {
    const { fake, room } = await joined();
    answersMissing(fake, room);
    const joinedAt = room.latest;
    const all = Array.from({ length: 8 }, (_none, at) => next(room, `m${at}`));
    const last = all.at(-1) as SealedPdu;
    expect((await send(fake, [last.pdu])).body).toEqual({ pdus: { [last.eventId]: {} } });
    await shows(room, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);
    const [asked] = fake.received(/get_missing_events/);
    expect(asked?.body).toMatchObject({ latest_events: [last.eventId], earliest_events: joinedAt });
  });

  it('of a longer gap are asked for several times', async () => {
    const { fake, room } = await joined();
    answersMissing(fake, room);
    const all = Array.from({ length: 50 }, (_none, at) => next(room, `m${at}`));
    await send(fake, [all.at(-1)?.pdu]);
    await shows(
      room,
      all.map((_none, at) => `m${at}`),
    );
  });

  it('need not be asked for when transactions come in the wrong order', async () => {
    const { fake, room } = await joined();
    const all = ['a', 'b', 'c', 'd'].map((body) => next(room, body));
    const [a, b, c, d] = all.map(({ pdu }) => pdu);
    await Promise.all([send(fake, [d]), send(fake, [c]), send(fake, [b]), send(fake, [a])]);
    await expect
      .poll(async () => (await bodies(room.roomId)).sort(), { timeout: 20_000 })
      .toEqual(['a', 'b', 'c', 'd']);
  });

  it('that nobody has leave a gap, behind the state that the other server tells', async () => {
    const { fake, room } = await joined();
    fake.on('POST', /get_missing_events/, { body: { events: [] } });
    fake.on('GET', /\/state_ids\//, () => ({
      body: {
        pdu_ids: [...room.state.values()].map(({ eventId }) => eventId),
        auth_chain_ids: room.events.slice(0, 2).map(({ eventId }) => eventId),
      },
    }));
    fake.on('GET', new RegExp(`^${V1}/event/`), ({ path }) => {
      const event = room.events.find(({ eventId }) => eventId === path[4]);
      return { body: { origin: fake.name, origin_server_ts: 1, pdus: event ? [event.pdu] : [] } };
    });
    next(room, 'never seen');
    room.add({ type: 'm.room.topic', stateKey: '', content: { topic: 'set in the gap' } });
    const after = next(room, 'after the gap');
    await send(fake, [after.pdu]);
    await shows(room, ['after the gap']);
    expect(await alice.stateContent(room.roomId, 'm.room.topic')).toMatchObject({ topic: 'set in the gap' });
    const { pdu } = next(room, 'and on');
    await send(fake, [pdu]);
    await shows(room, ['after the gap', 'and on']);
  });

  it('that are no events of this room are left aside', async () => {
    const { fake, room } = await joined('6');
    const first = next(room, 'first');
    const bad = { ...first.pdu, depth: 1.5 };
    fake.on('POST', /get_missing_events/, () => ({ body: { events: [bad, 'x', null] }, isWrong: true }));
    fake.on('GET', /\/state_ids\//, { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'no' } });
    const second = next(room, 'second');
    expect((await send(fake, [second.pdu])).body).toEqual({ pdus: { [second.eventId]: {} } });
    await expect.poll(() => fake.received(/state_ids/).length).toBeGreaterThan(0);
    await send(fake, [first.pdu, next(room, 'third').pdu]);
    await expect.poll(() => bodies(room.roomId)).toContain('first');
  });

  it('with keys longer than new ones may have are taken for the sake of what follows them, and not shown', async () => {
    const { fake, room } = await joined('6');
    answersMissing(fake, room);
    const long = room.make({ type: 'm.room.message', stateKey: '💥'.repeat(255), content: { body: 'too long' } });
    room.take(long.pdu);
    const after = next(room, 'after it');
    await send(fake, [after.pdu]);
    await shows(room, ['after it']);
    expect(fake.received(/state_ids/)).toEqual([]);
    expect((await alice.get(`/rooms/${segment(room.roomId)}/event/${segment(long.eventId)}`)).status).toBe(404);
  });

  it('that never end are given up after a few requests, and others are not delayed meanwhile', async () => {
    const { fake, room } = await joined('1');
    const { fake: other, room: elsewhere } = await joined();
    let made = 0;
    fake.on('POST', /get_missing_events/, ({ body }) => {
      made += 1;
      const events = (body.latest_events as string[]).map(() =>
        message(room, `endless ${made}`, { prevEvents: [`$${made}.${count}:${fake.name}`] }),
      );
      return { body: { events: events.map(({ pdu }) => pdu) } };
    });
    fake.on('GET', /\/state_ids\//, { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'no' } });
    const endless = message(room, 'endless', { prevEvents: ['$unknown:nowhere.test'] });
    await send(fake, [endless.pdu]);
    await send(other, [next(elsewhere, 'prompt').pdu]);
    await shows(elsewhere, ['prompt']);
    await expect.poll(() => fake.received(/state_ids/).length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(fake.received(/get_missing_events/).length).toBeLessThanOrEqual(10);
    await send(fake, [next(room, 'an honest one').pdu]);
    await shows(room, ['an honest one']);
  });

  it('that follow each other in a circle get no place', async () => {
    const { fake, room } = await joined('1');
    const ids = ['a', 'b', 'c'].map((name) => `$${name}${count}:${fake.name}` as const);
    const circle = ids.map((eventId, at) => {
      const draft = message(room, `circle ${at}`, { prevEvents: [ids[(at + 1) % 3]] }).pdu;
      return { ...draft, event_id: eventId };
    });
    fake.on('POST', /get_missing_events/, { body: { events: circle } });
    fake.on('GET', /\/state_ids\//, { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'no' } });
    const after = message(room, 'after the circle', { prevEvents: [ids[0]] });
    await send(fake, [after.pdu]);
    await expect.poll(() => fake.received(/state_ids/).length).toBeGreaterThan(0);
    await send(fake, [next(room, 'an honest one').pdu]);
    await shows(room, ['an honest one']);
  });

  it.each([
    ['too much', () => JSON.stringify({ events: Array.from({ length: 100 }, () => 'x'.repeat(100_000)) })],
    ['too deep', () => `{"events":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['half a body', () => '{"events":['],
    ['no JSON', () => '<html>'],
    ['thousands of events', () => JSON.stringify({ events: Array.from({ length: 50_000 }, () => ({})) })],
    ['nothing of what was asked', () => '[]'],
  ])('do no harm when the answer is %s', async (_case, answer) => {
    const { fake, room } = await joined();
    fake.on('POST', /get_missing_events/, () => ({ body: answer() }));
    fake.on('GET', /\/state_ids\//, () => ({ body: answer() }));
    const before = room.latest;
    next(room, 'lost');
    await send(fake, [next(room, 'behind the lost').pdu]);
    await expect
      .poll(() => fake.received(/get_missing_events|state_ids/).length, { timeout: 10_000 })
      .toBeGreaterThan(0);
    room.latest = before;
    await send(fake, [next(room, 'an honest one').pdu]);
    await shows(room, ['an honest one']);
  });

  it('do not delay the answer of a server that does not tell them, and are found after a restart', async () => {
    const { fake, room } = await joined();
    const hanging: (() => void)[] = [];
    fake.on(
      'POST',
      /get_missing_events/,
      () => new Promise((resolve) => hanging.push(() => resolve({ body: { events: [] } }))),
    );
    const [first, second] = [next(room, 'first'), next(room, 'second')];
    const begun = performance.now();
    expect((await send(fake, [second.pdu])).body).toEqual({ pdus: { [second.eventId]: {} } });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await expect.poll(() => hanging.length).toBeGreaterThan(0);
    answersMissing(fake, room);
    await one.restart();
    for (const release of hanging) release();
    await shows(room, ['first', 'second']);
    expect(first.eventId).not.toBe(second.eventId);
  });
});
