import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestEvent, TestUser } from '../support/test-client.js';

let federation: TestFederation;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'quiet.test'], {
    config: (name) => ({ presence: { enabled: name !== 'quiet.test' } }),
  });
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;

/** Somebody of a server in a room of a hand-played one, with a message there that both have. */
async function joined(server: TestHomeserver = federation.server('hs1.test')) {
  count += 1;
  const user = await server.register(`alice${count}`);
  const fake = await federation.fakeServer(`fake${count}.test`);
  fake.on('PUT', /\/send\//, { body: { pdus: {} } });
  const room = new FakeRoom(fake, '12').letIn();
  await user.join(room.roomId, fake.name);
  const message = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'read me' } });
  room.take(message.pdu);
  await send(server, fake, [], [message.pdu]);
  await user.syncUntil(room.roomId, ({ event_id }) => event_id === message.eventId);
  return { server, user, fake, room, eventId: message.eventId };
}

function send(server: TestHomeserver, fake: FakeServer, edus: unknown[], pdus: unknown[] = []) {
  count += 1;
  const body = { origin: fake.name, origin_server_ts: Date.now(), pdus, edus };
  return fake.ask(server, 'PUT', `/_matrix/federation/v1/send/t${count}`, body, { isWrong: true });
}

const typing = (roomId: RoomId, userId: string, types = true) => ({
  edu_type: 'm.typing',
  content: { room_id: roomId, user_id: userId, typing: types },
});
const receipt = (roomId: RoomId, userId: string, eventId: string, data: object = { ts: 5 }) => ({
  edu_type: 'm.receipt',
  content: { [roomId]: { 'm.read': { [userId]: { event_ids: [eventId], data } } } },
});
const presence = (userId: string, more: object = {}) => ({
  edu_type: 'm.presence',
  content: { push: [{ user_id: userId, presence: 'online', last_active_ago: 1000, ...more }] },
});
const ephemeralIn = async (user: TestUser, roomId: RoomId): Promise<TestEvent[]> =>
  (await user.sync()).rooms?.join?.[roomId]?.ephemeral?.events ?? [];

describe('EDUs from another server', () => {
  it('say who types, has read and is there', async () => {
    const { server, user, fake, room, eventId } = await joined();
    const { creator, roomId } = room;
    await send(server, fake, [typing(roomId, creator), receipt(roomId, creator, eventId), presence(creator)]);
    const body = await user.sync();
    expect(body.rooms.join[roomId].ephemeral.events).toEqual(
      expect.arrayContaining([
        { type: 'm.typing', content: { user_ids: [creator] } },
        { type: 'm.receipt', content: { [eventId]: { 'm.read': { [creator]: { ts: 5 } } } } },
      ]),
    );
    expect(body.presence.events).toMatchObject([{ sender: creator, content: { presence: 'online' } }]);
  });

  it('come with the events that they speak of', async () => {
    const { server, user, fake, room } = await joined();
    const { roomId, creator } = room;
    const message = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'and this' } });
    room.take(message.pdu);
    await send(server, fake, [receipt(roomId, creator, message.eventId)], [message.pdu]);
    const [event] = await ephemeralIn(user, roomId);
    expect(event?.content).toHaveProperty([message.eventId, 'm.read', creator]);
  });

  it('say nothing of people of other servers, of those who are not in the room, or of rooms that nobody is in', async () => {
    const { server, user, fake, room, eventId } = await joined();
    const { room: elsewhere, eventId: otherEvent } = await joined();
    const { roomId, creator } = room;
    const stranger = `@stranger:${fake.name}`;
    await user.sync();
    const reply = await send(server, fake, [
      typing(roomId, user.userId),
      typing(roomId, elsewhere.creator),
      typing(roomId, stranger),
      typing(elsewhere.roomId, creator),
      typing('!unknown:fake.test', creator),
      receipt(roomId, elsewhere.creator, eventId),
      receipt(roomId, stranger, eventId),
      receipt(roomId, creator, otherEvent),
      receipt(elsewhere.roomId, creator, otherEvent),
      presence(elsewhere.creator),
      presence(user.userId),
      presence(stranger),
    ]);
    expect(reply).toEqual({ status: 200, body: { pdus: {} } });
    expect(await ephemeralIn(user, roomId)).toEqual([]);
    const other = await user.get(`/presence/${segment(elsewhere.creator)}/status`);
    expect(other.status).toBe(403);
  });

  it('of any form do no harm', async () => {
    const { server, user, fake, room, eventId } = await joined();
    const { roomId, creator } = room;
    await user.sync();
    const deep = JSON.parse(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`);
    const receipts = Object.fromEntries(
      Array.from({ length: 5_000 }, (_none, at) => [`@u${at}:${fake.name}`, { event_ids: [eventId], data: { ts: 1 } }]),
    );
    const people = Array.from({ length: 5_000 }, (_none, at) => ({
      user_id: `@u${at}:${fake.name}`,
      presence: 'online',
    }));
    const strange = [
      null,
      'm.typing',
      7,
      [],
      { edu_type: 7, content: {} },
      { edu_type: 'm.typing' },
      { edu_type: '__proto__', content: {} },
      { edu_type: 'org.example.unknown', content: deep },
      { edu_type: 'm.typing', content: deep },
      { edu_type: 'm.typing', content: { ...typing(roomId, creator).content, typing: 'true' } },
      { edu_type: 'm.typing', content: { room_id: 'x'.repeat(100_000), user_id: creator, typing: true } },
      { edu_type: 'm.receipt', content: { [roomId]: { 'm.read': receipts } } },
      { edu_type: 'm.receipt', content: { [roomId]: { 'm.read': { [creator]: { event_ids: [], data: {} } } } } },
      { edu_type: 'm.receipt', content: { [roomId]: { 'm.read': { [creator]: { event_ids: [null], data: {} } } } } },
      { edu_type: 'm.receipt', content: { ['x'.repeat(100_000)]: {} } },
      receipt(roomId, creator, `$${'x'.repeat(10_000)}`),
      receipt(roomId, creator, eventId, { ts: 'now', thread_id: 7 }),
      { edu_type: 'm.presence', content: { push: people } },
      { edu_type: 'm.presence', content: { push: [{ user_id: creator, presence: 'dancing' }] } },
      { edu_type: 'm.presence', content: { push: 'nobody' } },
    ];
    expect((await send(server, fake, strange)).status).toBe(200);
    expect(await ephemeralIn(user, roomId)).toEqual([]);
    await send(server, fake, [presence(creator, { status_msg: 'x'.repeat(50_000) }), typing(roomId, creator)]);
    const status = await user.ok('GET', `/presence/${segment(creator)}/status`);
    expect(status.status_msg.length).toBeLessThanOrEqual(2_048);
    expect((await ephemeralIn(user, roomId)).map(({ type }) => type)).toEqual(['m.typing']);
  });

  it('say nothing of who is there where presence is switched off, in either direction', async () => {
    const { server, user, fake, room } = await joined(federation.server('quiet.test'));
    await send(server, fake, [presence(room.creator)]);
    expect((await user.sync()).presence?.events ?? []).toEqual([]);
    await user.ok('PUT', `/presence/${segment(user.userId)}/status`, {
      body: { presence: 'online', status_msg: 'hi' },
    });
    await user.ok('PUT', `/rooms/${segment(room.roomId)}/typing/${segment(user.userId)}`, { body: { typing: true } });
    await expect.poll(() => JSON.stringify(fake.requests.map(({ body }) => body))).toContain('m.typing');
    expect(JSON.stringify(fake.requests.map(({ body }) => body))).not.toContain('m.presence');
  });
});
