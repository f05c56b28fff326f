import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const notifications = (user: TestUser, query = {}): Promise<any> => user.ok('GET', '/notifications', { query });
const bodies = (page: any): string[] => page.notifications.map(({ event }: any) => event.content.body);

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const rooms = [await alice.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })];
  for (const roomId of rooms) await bob.join(roomId);
  return { alice, bob, rooms: rooms as [`!${string}`, `!${string}`] };
}

it('lists what notified, of all rooms, the newest first', async () => {
  const { alice, bob, rooms } = await pair();
  const first = await alice.say(rooms[0], 'one');
  await alice.send(rooms[0], 'm.room.message', { msgtype: 'm.notice', body: 'quiet' });
  await alice.say(rooms[1], 'two');
  await bob.say(rooms[0], 'my own');
  await alice.say(rooms[0], 'three');
  await bob.receipt(rooms[0], first);
  const page = await notifications(bob);
  expect(bodies(page)).toEqual(['three', 'two', 'one']);
  expect(page.next_token).toBeUndefined();
  expect(page.notifications.map(({ read }: any) => read)).toEqual([false, false, true]);
  expect(page.notifications[2]).toEqual({
    actions: ['notify', { set_tweak: 'sound', value: 'default' }],
    event: expect.objectContaining({ event_id: first, sender: alice.userId, type: 'm.room.message' }),
    read: true,
    room_id: rooms[0],
    ts: expect.any(Number),
  });
});

it('goes on page by page', async () => {
  const { alice, bob, rooms } = await pair();
  for (let n = 0; n < 7; n += 1) await alice.say(rooms[n % 2] as `!${string}`, `message ${n}`);
  const seen: string[] = [];
  for (let from: string | undefined; ; ) {
    const page = await notifications(bob, { limit: 3, from });
    seen.push(...bodies(page));
    from = page.next_token;
    if (from === undefined) break;
    expect(page.notifications).toHaveLength(3);
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `message ${n}`));
});

it('goes far back through rooms with much in them', async () => {
  const { alice, bob, rooms } = await pair();
  await alice.say(rooms[0], 'long ago');
  for (let n = 0; n < 130; n += 1) await bob.say(rooms[n % 2] as `!${string}`, `my own ${n}`);
  await alice.say(rooms[1], 'now');
  expect(bodies(await notifications(bob))).toEqual(['now', 'long ago']);
});

it('lists only what highlights where asked for that', async () => {
  const { alice, bob, rooms } = await pair();
  await alice.say(rooms[0], 'to all');
  const mention = { msgtype: 'm.text', body: 'to you', 'm.mentions': { user_ids: [bob.userId] } };
  await alice.send(rooms[0], 'm.room.message', mention);
  expect(bodies(await notifications(bob, { only: 'highlight' }))).toEqual(['to you']);
});

it('leaves out what was taken back, people whom one ignores, and rooms that one left', async () => {
  const { alice, bob, rooms } = await pair();
  const carol = await someone('carol');
  await carol.join(rooms[0]);
  await carol.say(rooms[0], 'ignored');
  await bob.setAccountData('m.ignored_user_list', { ignored_users: { [carol.userId]: {} } });
  await alice.redact(rooms[0], await alice.say(rooms[0], 'taken back'));
  await alice.say(rooms[1], 'left');
  await bob.leave(rooms[1]);
  await alice.say(rooms[0], 'heard');
  expect(bodies(await notifications(bob))).toEqual(['heard']);
});

it.each([
  ['a token of somebody else’s', { from: 'xyz' }],
  ['no notifications at all', { limit: 0 }],
])('refuses %s', async (_case, query) => {
  const bob = await someone('bob');
  expect(await bob.get('/notifications', query)).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } });
});
