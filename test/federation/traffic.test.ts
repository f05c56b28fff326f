import { afterAll, beforeAll, expect, it } from 'vitest';
import { hourOf } from '../../src-main/matrix/servers/index.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { MovingClock } from '../support/moving-clock.js';
import type { TestUser } from '../support/test-client.js';

const HOUR = 3_600_000;
const clock = new MovingClock();

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let roomId: RoomId;

beforeAll(async () => {
  clock.move(HOUR - (clock.now() % HOUR)); // a whole hour lies ahead
  federation = await startFederation(['hs1.test', 'hs2.test'], { clock });
  [one, two] = [federation.server('hs1.test'), federation.server('hs2.test')];
  [alice, bob] = [await one.register('alice'), await two.register('bob')];
  roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId, 'hs1.test');
}, 30_000);
afterAll(() => federation?.stop());

const report = (server: TestHomeserver, since = hourOf(clock.now())) => server.homeserver.servers.traffic.report(since);
const withServer = async (server: TestHomeserver, name: string) =>
  (await report(server)).busiest.find((each) => each.server === name);
const say = async (from: TestUser, to: TestUser) => {
  const eventId = await from.say(roomId, 'hello');
  await to.syncUntil(roomId, (event) => event.event_id === eventId);
};

it('counts events and requests between two servers, on both sides', async () => {
  const before = [await withServer(one, 'hs2.test'), await withServer(two, 'hs1.test')];
  for (let each = 0; each < 3; each += 1) await say(alice, bob);
  await say(bob, alice);
  const sent = before[0]?.eventsSent ?? 0;
  await expect.poll(() => withServer(one, 'hs2.test')).toMatchObject({ eventsSent: sent + 3 });
  const received = before[1]?.eventsReceived ?? 0;
  expect(await withServer(two, 'hs1.test')).toMatchObject({ eventsReceived: received + 3 });
  const [ours, theirs] = [await withServer(one, 'hs2.test'), await withServer(two, 'hs1.test')];
  expect(ours?.requestsSent).toBeGreaterThan(0);
  expect(ours?.requestsReceived).toBeGreaterThan(0);
  expect(theirs?.requestsReceived).toBeGreaterThan(0);
});

it('keeps what was counted over a restart, hour by hour, and for a month', async () => {
  const first = hourOf(clock.now());
  const before = (await report(one, first)).hours.get(first);
  expect(before?.eventsSent).toBeGreaterThan(0);
  await one.restart();
  expect((await report(one, first)).hours.get(first)?.eventsSent).toBe(before?.eventsSent);
  clock.move(HOUR);
  await say(alice, bob);
  const next = hourOf(clock.now());
  await expect.poll(async () => (await report(one, first)).hours.get(next)?.eventsSent).toBe(1);
  expect((await report(one, first)).hours.get(first)?.eventsSent).toBe(before?.eventsSent);
  expect((await report(one, next)).busiest).toMatchObject([{ server: 'hs2.test', eventsSent: 1 }]);
  expect((await report(one, first)).servers).toBe(1);
  clock.move(32 * 24 * HOUR);
  await say(alice, bob);
  await expect.poll(async () => [...(await report(one, first)).hours.keys()]).toEqual([hourOf(clock.now())]);
});
