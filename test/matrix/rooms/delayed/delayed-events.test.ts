import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src-main/base/json.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { describeEachDatabase } from '../../../support/databases.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../../../support/homeserver.js';
import type { TestReply, TestUser } from '../../../support/test-client.js';

const UNSTABLE = '/_matrix/client/unstable/org.matrix.msc4140';
const EVENTS = `${UNSTABLE}/delayed_events`;
const HOUR = 3_600_000;
const TYPE = 'com.example.test';
const base = testConfig('/nowhere');
const config = { rooms: { ...base.rooms, longestEventDelay: 24 * HOUR } };

let transactions = 0;
const put = (user: TestUser, path: string, delay: number, body?: JsonObject) =>
  user.put(path, body, { 'org.matrix.msc4140.delay': delay });
const send = (user: TestUser, roomId: RoomId, delay: number, content: JsonObject = {}, txn = `t${transactions++}`) =>
  put(user, `/rooms/${roomId}/send/${TYPE}/${txn}`, delay, content);
const setState = (user: TestUser, roomId: RoomId, key: string, delay: number, content: JsonObject = {}) =>
  put(user, `/rooms/${roomId}/state/${TYPE}/${key}`, delay, content);
const idIn = (reply: TestReply): string => {
  expect(reply).toMatchObject({ status: 200, body: { delay_id: expect.any(String) } });
  return reply.body.delay_id;
};
const waiting = async (user: TestUser) => (await user.ok('GET', EVENTS)).delayed_events;
const refusal = (status: number, errcode: string, more: JsonObject = {}) => ({ status, body: { errcode, ...more } });

async function room(server: TestHomeserver, names: readonly string[]) {
  const [alice, ...others] = await Promise.all(names.map((name) => server.register(name)));
  if (!alice) throw new Error('nobody is there');
  const roomId = await alice.createRoom({
    preset: 'public_chat',
    power_level_content_override: { events: { [TYPE]: 0 } },
  });
  for (const other of others) await other.join(roomId);
  return { alice, others, roomId };
}

const said = async (user: TestUser, roomId: RoomId) =>
  (await user.messages(roomId)).chunk.filter(({ type }) => type === TYPE).map(({ content }) => content.n);

describeEachDatabase('delayed events', (databases) => {
  it('are sent when their time comes, in the order of their times', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config, database: await databases.create() });
    const { alice, roomId } = await room(server, ['alice']);
    expect(await waiting(alice)).toEqual([]);
    await send(alice, roomId, 900, { n: 3 });
    await send(alice, roomId, 700, { n: 1 });
    await send(alice, roomId, 800, { n: 2 });
    expect(await waiting(alice)).toHaveLength(3);
    clock.advance(699);
    expect(await said(alice, roomId)).toEqual([]);
    clock.advance(1);
    await expect.poll(() => said(alice, roomId)).toEqual([1]);
    clock.advance(200);
    await expect.poll(() => said(alice, roomId)).toEqual([3, 2, 1]);
    expect(await waiting(alice)).toEqual([]);
  });

  it('outlive a restart, and are sent at once where their time came meanwhile', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config, database: await databases.create() });
    const { alice, roomId } = await room(server, ['alice']);
    await setState(alice, roomId, 'early', 1000, { n: 1 });
    await setState(alice, roomId, 'late', 60_000, { n: 2 });
    await server.stop();
    clock.advance(2000);
    await server.start();
    await expect.poll(() => waiting(alice)).toHaveLength(1);
    expect(await alice.stateContent(roomId, TYPE, 'early')).toEqual({ n: 1 });
    clock.advance(58_000);
    await expect.poll(() => waiting(alice)).toEqual([]);
    expect(await alice.stateContent(roomId, TYPE, 'late')).toEqual({ n: 2 });
  });

  it('are dropped when somebody else changes the same state, and not when their sender does', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config, database: await databases.create() });
    const { alice, others, roomId } = await room(server, ['alice', 'bob']);
    const [bob] = others;
    await setState(alice, roomId, 'a', HOUR, { left: true });
    await setState(alice, roomId, 'b', HOUR, { left: true });
    await alice.setState(roomId, TYPE, { n: 1 }, 'a');
    await bob?.setState(roomId, TYPE, { n: 2 }, 'c');
    await bob?.setState(roomId, TYPE, { n: 2 }, 'b');
    await expect.poll(() => waiting(alice)).toHaveLength(1);
    expect(await waiting(alice)).toMatchObject([{ state_key: 'a' }]);
    clock.advance(HOUR);
    await expect.poll(() => waiting(alice)).toEqual([]);
    expect(await alice.stateContent(roomId, TYPE, 'a')).toEqual({ left: true });
    expect(await alice.stateContent(roomId, TYPE, 'b')).toEqual({ n: 2 });
  });
});

describe('delayed events', () => {
  const clock = new FakeClock();
  let server: TestHomeserver;
  let town: Awaited<ReturnType<typeof room>>;
  beforeAll(async () => {
    server = await startHomeserver({ clock, config });
    town = await room(server, ['alice', 'bob']);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('are listed to who sent them only', async () => {
    const { alice, others, roomId } = town;
    const delayId = idIn(await setState(alice, roomId, 'listed', HOUR, { n: 1 }));
    const event = {
      delay_id: delayId,
      room_id: roomId,
      type: TYPE,
      state_key: 'listed',
      content: { n: 1 },
      delay: HOUR,
      running_since: clock.now(),
    };
    expect(await alice.ok('GET', EVENTS)).toEqual({ delayed_events: [event], scheduled: [event] });
    expect(await others[0]?.get(EVENTS)).toMatchObject({ status: 200, body: { delayed_events: [] } });
    expect(await server.stranger.get(EVENTS)).toMatchObject(refusal(401, 'M_MISSING_TOKEN'));
    await server.stranger.ok('POST', `${EVENTS}/${delayId}/cancel`);
  });

  it('are the same when they come again with their transaction, with or without what they say', async () => {
    const { alice, roomId } = town;
    const first = idIn(await send(alice, roomId, HOUR, { n: 1 }, 'again'));
    expect(idIn(await send(alice, roomId, HOUR, { n: 1 }, 'again'))).toBe(first);
    expect(idIn(await put(alice, `/rooms/${roomId}/send/${TYPE}/again`, HOUR))).toBe(first);
    expect(await put(alice, `/rooms/${roomId}/send/${TYPE}/other`, HOUR)).toMatchObject(refusal(400, 'M_NOT_JSON'));
    expect(await alice.put(`/rooms/${roomId}/send/${TYPE}/other`)).toMatchObject(refusal(400, 'M_NOT_JSON'));
    await server.stranger.ok('POST', `${EVENTS}/${first}/cancel`);
    expect(await waiting(alice)).toEqual([]);
  });

  it('are sent, cancelled and restarted by whoever knows their id, in both ways', async () => {
    const { alice, roomId } = town;
    const act = (delayId: string, action: string, isOld: boolean) =>
      isOld
        ? server.stranger.ok('POST', `${EVENTS}/${delayId}`, { body: { action } })
        : server.stranger.ok('POST', `${EVENTS}/${delayId}/${action}`, { body: {} });
    for (const isOld of [true, false]) {
      const key = isOld ? 'old' : 'new';
      const sent = idIn(await setState(alice, roomId, `${key}-sent`, HOUR, { n: 1 }));
      const cancelled = idIn(await setState(alice, roomId, `${key}-cancelled`, HOUR, { n: 1 }));
      const restarted = idIn(await setState(alice, roomId, `${key}-restarted`, HOUR, { n: 1 }));
      await act(sent, 'send', isOld);
      expect(await alice.stateContent(roomId, TYPE, `${key}-sent`)).toEqual({ n: 1 });
      await act(cancelled, 'cancel', isOld);
      clock.advance(HOUR - 1);
      await act(restarted, 'restart', isOld);
      clock.advance(1000);
      expect(await waiting(alice)).toMatchObject([{ delay_id: restarted, running_since: clock.now() - 1000 }]);
      clock.advance(HOUR);
      await expect.poll(() => waiting(alice)).toEqual([]);
      expect(await alice.stateContent(roomId, TYPE, `${key}-restarted`)).toEqual({ n: 1 });
      const state = await alice.get(`/rooms/${roomId}/state/${TYPE}/${key}-cancelled`);
      expect(state).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      for (const [id, action] of [
        [sent, 'send'],
        [cancelled, 'cancel'],
        [restarted, 'restart'],
      ] as const) {
        expect(await server.stranger.post(`${EVENTS}/${id}/${action}`, {})).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      }
    }
  });

  it('can only be dealt with in ways that there are', async () => {
    expect((await server.stranger.post(`${EVENTS}/abc`, {})).status).toBe(400);
    expect((await server.stranger.post(`${EVENTS}/abc`, { action: 'oops' })).status).toBe(400);
    expect((await server.stranger.post(`${EVENTS}/abc/oops`, {})).status).toBe(404);
  });

  it('are made by the path for them, too', async () => {
    const { alice, roomId } = town;
    const path = `${UNSTABLE}/rooms/${roomId}/delayed_event/${TYPE}/its-own`;
    const delayId = idIn(await alice.put(path, { delay: HOUR, state_key: 'own', content: { n: 5 } }));
    await server.stranger.ok('POST', `${EVENTS}/${delayId}/send`);
    expect(await alice.stateContent(roomId, TYPE, 'own')).toEqual({ n: 5 });
  });

  it('that nobody may send any more are dropped, and stop no others', async () => {
    const { alice, roomId } = town;
    const carol = await server.register('carol');
    await carol.join(roomId);
    await send(carol, roomId, 1000, { n: 'from outside' });
    await carol.leave(roomId);
    await send(alice, roomId, 1001, { n: 'after it' });
    clock.advance(1001);
    await expect.poll(() => said(alice, roomId)).toContain('after it');
    expect(await said(alice, roomId)).not.toContain('from outside');
    expect(await waiting(carol)).toEqual([]);
    expect(await send(carol, roomId, 1000)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('that change a membership are sent as such', async () => {
    const { roomId } = town;
    const dave = await server.register('dave');
    await dave.join(roomId);
    const path = `/rooms/${roomId}/state/m.room.member/${dave.userId}`;
    await put(dave, path, 1000, { membership: 'leave', reason: 'gone' });
    clock.advance(1000);
    await expect.poll(async () => (await dave.ok('GET', '/joined_rooms')).joined_rooms).toEqual([]);
  });

  it('can wait no longer, and be no more, than there is room for', async () => {
    const { roomId } = town;
    expect(await send(town.alice, roomId, 24 * HOUR + 1)).toMatchObject(
      refusal(400, 'M_UNKNOWN', {
        'org.matrix.msc4140.errcode': 'M_MAX_DELAY_EXCEEDED',
        'org.matrix.msc4140.max_delay': 24 * HOUR,
      }),
    );
    expect((await send(town.alice, roomId, -1)).status).toBe(400);
    const erin = await server.register('erin');
    await erin.join(roomId);
    for (let i = 0; i < 100; i += 1) idIn(await send(erin, roomId, HOUR));
    expect(await send(erin, roomId, HOUR)).toMatchObject(
      refusal(400, 'M_UNKNOWN', { 'org.matrix.msc4140.errcode': 'M_MAX_DELAYED_EVENTS_EXCEEDED' }),
    );
    const large = await send(town.alice, roomId, HOUR, { n: 'a'.repeat(70_000) });
    expect(large).toMatchObject(refusal(413, 'M_TOO_LARGE'));
  });

  it('are promised to clients where there are any', async () => {
    const { unstable_features: features } = await server.stranger.ok('GET', '/_matrix/client/versions');
    expect(features['org.matrix.msc4140']).toBe(true);
  });
});

it('delays nothing unless it is told so', async () => {
  await using server = await startHomeserver();
  const { alice, roomId } = await room(server, ['alice']);
  expect(await send(alice, roomId, 1000)).toMatchObject(
    refusal(400, 'M_UNKNOWN', { 'org.matrix.msc4140.errcode': 'M_MAX_DELAY_UNSUPPORTED' }),
  );
  const { unstable_features: features } = await server.stranger.ok('GET', '/_matrix/client/versions');
  expect(features).not.toHaveProperty('org.matrix.msc4140');
});

it('slows down who restarts too often', async () => {
  const rateLimits = { ...base.rateLimits, delayedEvents: { perSecond: 0.001, burst: 1 } };
  await using server = await startHomeserver({ config: { ...config, rateLimits } });
  const { alice, roomId } = await room(server, ['alice']);
  const delayId = idIn(await send(alice, roomId, HOUR));
  const restart = () => server.stranger.post(`${EVENTS}/${delayId}/restart`, {});
  expect((await restart()).status).toBe(200);
  expect(await restart()).toMatchObject(refusal(429, 'M_LIMIT_EXCEEDED'));
});
