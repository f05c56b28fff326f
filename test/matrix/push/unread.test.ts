import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const byThread = JSON.stringify({ room: { timeline: { unread_thread_notifications: true } } });

/** Three in a room. */
async function three() {
  const [alice, bob, carol] = [await someone('alice'), await someone('bob'), await someone('carol')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  for (const user of [bob, carol]) await user.join(roomId);
  await bob.sync();
  return { alice, bob, carol, roomId };
}

async function unread(user: TestUser, roomId: RoomId): Promise<any> {
  user.since = undefined;
  const room = (await user.sync({ filter: byThread })).rooms.join[roomId];
  const threads = Object.entries<any>(room.unread_thread_notifications ?? {});
  return {
    main: room.unread_notifications.notification_count,
    highlights: room.unread_notifications.highlight_count,
    threads: Object.fromEntries(threads.map(([id, counts]) => [id, counts.notification_count])),
  };
}

const inThread = (root: EventId, more: JsonObject = {}): JsonObject => ({
  msgtype: 'm.text',
  body: 'in the thread',
  'm.relates_to': { rel_type: 'm.thread', event_id: root, ...more },
});

describe('what waits to be read', () => {
  it('is less when something of it is taken back, whether it was counted before or not', async () => {
    const { alice, bob, roomId } = await three();
    const [first, second] = [await alice.say(roomId, 'one'), await alice.say(roomId, 'two')];
    await alice.redact(roomId, first);
    expect(await unread(bob, roomId)).toMatchObject({ main: 1 });
    await alice.redact(roomId, second);
    expect(await unread(bob, roomId)).toMatchObject({ main: 0 });
  });

  it('is not less when somebody wants to take back what they may not', async () => {
    const { alice, bob, carol, roomId } = await three();
    const first = await alice.say(roomId, 'one');
    expect(await unread(bob, roomId)).toMatchObject({ main: 1 });
    const path = `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(first)}/t`;
    expect((await carol.put(path, {})).status).toBe(403);
    expect(await unread(bob, roomId)).toMatchObject({ main: 1 });
  });

  it('leaves out people whom one ignores, from the moment on, and counts them again after it', async () => {
    const { alice, bob, carol, roomId } = await three();
    const ignore = (users: JsonObject) => bob.setAccountData('m.ignored_user_list', { ignored_users: users });
    await alice.say(roomId, 'heard');
    await carol.send(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: 'you',
      'm.mentions': { user_ids: [bob.userId] },
    });
    expect(await unread(bob, roomId)).toMatchObject({ main: 2, highlights: 1 });
    await ignore({ [carol.userId]: {} });
    expect(await unread(bob, roomId)).toMatchObject({ main: 1, highlights: 0 });
    await carol.say(roomId, 'not heard');
    expect(await unread(bob, roomId)).toMatchObject({ main: 1 });
    await ignore({});
    expect(await unread(bob, roomId)).toMatchObject({ main: 3, highlights: 1 });
  });

  it('stays exact in threads when replies are taken back and read', async () => {
    const { alice, bob, roomId } = await three();
    const [root, other] = [await alice.say(roomId, 'root'), await alice.say(roomId, 'other root')];
    const replies = [
      await alice.send(roomId, 'm.room.message', inThread(root)),
      await alice.send(roomId, 'm.room.message', inThread(root)),
      await alice.send(roomId, 'm.room.message', inThread(root)),
    ];
    await alice.send(roomId, 'm.room.message', inThread(other));
    expect(await unread(bob, roomId)).toMatchObject({ main: 2, threads: { [root]: 3, [other]: 1 } });
    await alice.redact(roomId, replies[1] as EventId);
    expect(await unread(bob, roomId)).toMatchObject({ main: 2, threads: { [root]: 2, [other]: 1 } });
    await bob.receipt(roomId, replies[0] as EventId, 'm.read', { thread_id: root });
    expect(await unread(bob, roomId)).toMatchObject({ main: 2, threads: { [root]: 1, [other]: 1 } });
    await bob.receipt(roomId, other, 'm.read', { thread_id: 'main' });
    expect(await unread(bob, roomId)).toEqual({ main: 0, highlights: 0, threads: { [root]: 1, [other]: 1 } });
  });

  it('is in the thread that its event belongs to by what it relates to', async () => {
    const { alice, bob, roomId } = await three();
    const root = await alice.say(roomId, 'root');
    const reply = await alice.send(roomId, 'm.room.message', inThread(root));
    await alice.send(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: 'about a reply',
      'm.relates_to': { rel_type: 'm.reference', event_id: reply },
    });
    expect(await unread(bob, roomId)).toMatchObject({ main: 1, threads: { [root]: 2 } });
  });

  it('is no more than a thousand in a room, however much happened there', async () => {
    const { alice, bob, roomId } = await three();
    await Promise.all(Array.from({ length: 1_030 }, (_, n) => alice.say(roomId, `message ${n}`)));
    expect(await unread(bob, roomId)).toMatchObject({ main: 1_000 });
    await alice.say(roomId, 'one more');
    expect(await unread(bob, roomId)).toMatchObject({ main: 1_000 });
  });
});
