import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const segment = encodeURIComponent;
const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const ephemeral = (body: any, roomId: RoomId, type: string): any =>
  body.rooms?.join?.[roomId]?.ephemeral?.events?.find((event: TestEvent) => event.type === type);
const typing = (user: TestUser, roomId: RoomId, body: unknown, of = user.userId) =>
  user.put(`/rooms/${segment(roomId)}/typing/${segment(of)}`, body);

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const eventId = await alice.say(roomId, 'hello');
  await alice.sync();
  await bob.sync();
  return { alice, bob, roomId, eventId };
}

describe('typing', () => {
  it('shows to the others in the room until it ends, by word or by time', async () => {
    const { alice, bob, roomId } = await pair();
    const waiting = bob.syncUntilBody((body) => ephemeral(body, roomId, 'm.typing'));
    await typing(alice, roomId, { typing: true, timeout: 30_000 });
    expect(await waiting).toEqual({
      type: 'm.typing',
      content: { user_ids: [alice.userId] },
    });
    await typing(alice, roomId, { typing: false });
    expect(ephemeral(await bob.sync({ timeout: 20_000 }), roomId, 'm.typing').content.user_ids).toEqual([]);
    await typing(alice, roomId, { typing: true, timeout: 50 });
    const lists: string[][] = [];
    await bob.syncUntilBody((body) => {
      const event = ephemeral(body, roomId, 'm.typing');
      if (event) lists.push(event.content.user_ids);
      return lists.at(-1)?.length === 0 ? true : undefined;
    });
    expect(lists.at(-1)).toEqual([]);
  });

  it('does not show to people of other rooms', async () => {
    const { alice, roomId } = await pair();
    const carol = await someone('carol');
    await carol.createRoom();
    await carol.sync();
    await typing(alice, roomId, { typing: true });
    expect(JSON.stringify(await carol.sync())).not.toContain('m.typing');
  });

  it.each([
    ['for somebody else', (_alice: TestUser, bob: TestUser) => bob.userId, { typing: true }, 403],
    ['without saying whether', (alice: TestUser) => alice.userId, {}, 400],
    ['with a time that is no number', (alice: TestUser) => alice.userId, { typing: true, timeout: 'long' }, 400],
  ])('is refused %s', async (_case, of, body, status) => {
    const { alice, bob, roomId } = await pair();
    expect((await typing(alice, roomId, body, of(alice, bob))).status).toBe(status);
  });

  it('is refused to those who are not in the room', async () => {
    const { roomId } = await pair();
    expect((await typing(await someone('carol'), roomId, { typing: true })).status).toBe(403);
  });
});

describe('receipts', () => {
  it('show to everybody in the room', async () => {
    const { alice, bob, roomId, eventId } = await pair();
    const waiting = alice.syncUntilBody((body) => ephemeral(body, roomId, 'm.receipt'));
    await bob.receipt(roomId, eventId);
    expect(await waiting).toEqual({
      type: 'm.receipt',
      content: { [eventId]: { 'm.read': { [bob.userId]: { ts: expect.any(Number) } } } },
    });
  });

  it('that are private show to their owner only', async () => {
    const { alice, bob, roomId, eventId } = await pair();
    await bob.receipt(roomId, eventId, 'm.read.private');
    expect(ephemeral(await alice.sync(), roomId, 'm.receipt')).toBeUndefined();
    const own = ephemeral(await bob.sync(), roomId, 'm.receipt');
    expect(own.content[eventId]['m.read.private'][bob.userId]).toBeDefined();
  });

  it('never move back', async () => {
    const { alice, bob, roomId, eventId } = await pair();
    const later = await alice.say(roomId, 'later');
    await bob.receipt(roomId, later);
    await bob.receipt(roomId, eventId);
    const { content } = ephemeral(await alice.sync(), roomId, 'm.receipt');
    expect(Object.keys(content)).toEqual([later]);
  });

  it('for a thread must be for an event of the thread', async () => {
    const { alice, roomId, eventId } = await pair();
    const relates = { rel_type: 'm.thread', event_id: eventId };
    const reply = await alice.send(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: 'in it',
      'm.relates_to': relates,
    });
    const path = (event: string) => `/rooms/${segment(roomId)}/receipt/m.read/${segment(event)}`;
    expect((await alice.post(path(reply), { thread_id: eventId })).status).toBe(200);
    expect(await alice.post(path(reply), { thread_id: 'main' })).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
    expect((await alice.post(path(eventId), { thread_id: 'main' })).status).toBe(200);
  });

  it.each([
    ['an empty thread_id', { thread_id: '' }, 'm.read', 400, 'M_INVALID_PARAM'],
    ['an unknown receipt type', {}, 'm.nonsense', 400, 'M_INVALID_PARAM'],
    ['a thread for m.fully_read', { thread_id: 'main' }, 'm.fully_read', 400, 'M_INVALID_PARAM'],
  ])('refuse %s', async (_case, body, type, status, errcode) => {
    const { alice, roomId, eventId } = await pair();
    const reply = await alice.post(`/rooms/${segment(roomId)}/receipt/${type}/${segment(eventId)}`, body);
    expect(reply).toMatchObject({ status, body: { errcode } });
  });

  it('refuse those who are not in the room', async () => {
    const { roomId, eventId } = await pair();
    const carol = await someone('carol');
    const reply = await carol.post(`/rooms/${segment(roomId)}/receipt/m.read/${segment(eventId)}`, {});
    expect(reply).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});

describe('read markers', () => {
  it('set the place in account data and the receipts at once', async () => {
    const { alice, bob, roomId, eventId } = await pair();
    await bob.ok('POST', `/rooms/${segment(roomId)}/read_markers`, {
      body: { 'm.fully_read': eventId, 'm.read': eventId },
    });
    const body = await bob.sync();
    expect(body.rooms.join[roomId].account_data.events).toEqual([
      { type: 'm.fully_read', content: { event_id: eventId } },
    ]);
    expect(ephemeral(await alice.sync(), roomId, 'm.receipt').content[eventId]).toBeDefined();
  });
});

describe('presence', () => {
  it('reaches those who share a room, and nobody else', async () => {
    const { alice, bob } = await pair();
    const carol = await someone('carol');
    await carol.sync();
    await alice.ok('PUT', `/presence/${segment(alice.userId)}/status`, {
      body: { presence: 'unavailable', status_msg: 'at lunch' },
    });
    const found = await bob.syncUntilBody((body) =>
      body.presence?.events.find(
        (event: any) => event.sender === alice.userId && event.content.status_msg !== undefined,
      ),
    );
    expect(found).toMatchObject({ type: 'm.presence', content: { presence: 'unavailable', status_msg: 'at lunch' } });
    expect(JSON.stringify(await carol.sync())).not.toContain('at lunch');
    const status = (who: TestUser) => who.get(`/presence/${segment(alice.userId)}/status`);
    expect(await status(bob)).toMatchObject({ status: 200, body: { status_msg: 'at lunch' } });
    expect(await status(carol)).toMatchObject({ status: 403 });
  });

  it('is set by whoever it is about', async () => {
    const { alice, bob } = await pair();
    const reply = await alice.put(`/presence/${segment(bob.userId)}/status`, { presence: 'online' });
    expect(reply).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
});
