import { expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.js';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeServer, startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const CALL = /\/send\/awake\./;

const tick = () => new Promise((resolve) => setImmediate(resolve));
/** No longer at once than ten seconds: that would be sleep. */
async function pass(clock: FakeClock, length: number): Promise<void> {
  for (let left = length; left > 0; left -= 2 * SECOND) {
    clock.advance(Math.min(left, 2 * SECOND));
    await tick();
  }
}

const entry = async (one: TestHomeserver, kind: string) =>
  (await one.homeserver.health.activity.list()).entries.find((each) => each.kind === kind)?.fields;

/** The computer sleeps, as its system says. */
function sleep({ homeserver }: TestHomeserver, clock: FakeClock, length: number): void {
  homeserver.health.awake.suspending();
  clock.jump(length);
  homeserver.health.awake.resumed();
}

/** A server that others can reach, in rooms with some that are played by hand. */
async function scene(names: readonly string[]) {
  const clock = new FakeClock(Date.now());
  const federation = await startFederation(['hs1.test'], { clock, config: { publicBaseUrl: 'https://hs1.test/' } });
  const one = federation.server('hs1.test');
  const alice = await one.register('alice');
  const fakes: FakeServer[] = [];
  const calls: { readonly name: string; readonly at: number }[] = [];
  for (const name of names) {
    const fake = await federation.fakeServer(name);
    fake.on('PUT', /\/send\//, ({ uri }) => {
      if (CALL.test(uri)) calls.push({ name, at: clock.now() });
      return { body: { pdus: {} } };
    });
    const room = new FakeRoom(fake, '12').letIn();
    await alice.join(room.roomId, fake.name);
    fakes.push(fake);
    clock.advance(SECOND);
  }
  const called = () => calls.map(({ name }) => name);
  return { clock, one, fakes, calls, called, [Symbol.asyncDispose]: () => federation.stop() };
}

it('tells each server that it is back, one after another, the most active first, and notes how many answered', async () => {
  await using it = await scene(['a.test', 'b.test', 'c.test']);
  const { clock, one, fakes, calls, called } = it;
  const [a, , silent] = fakes as [FakeServer, FakeServer, FakeServer];
  // What follows the joins is sent, and then this one is the last to speak with us.
  for (let seconds = 0; seconds < 10; seconds += 1) await pass(clock, SECOND);
  await a.ask(one, 'GET', '/_matrix/federation/v1/query/profile?user_id=%40alice%3Ahs1.test');
  silent.on('PUT', CALL, () => {
    calls.push({ name: 'c.test', at: clock.now() });
    return { status: 502, body: 'nobody there', isWrong: true };
  });
  const since = clock.now();
  sleep(one, clock, 8 * HOUR);
  await expect
    .poll(async () => {
      await pass(clock, 2 * SECOND);
      return entry(one, 'asleep');
    })
    .toEqual({ from: since, to: since + 8 * HOUR, length: 8 * HOUR, told: 3, answered: 2 });
  expect(called()[0]).toBe('a.test');
  expect(called().toSorted()).toEqual(['a.test', 'b.test', 'c.test']);
  const gaps = calls.map(({ at }, index) => at - (calls[index - 1]?.at ?? at));
  expect(gaps.slice(1).every((gap) => gap >= 2 * SECOND)).toBe(true);
  const [request] = a.received(CALL);
  expect(request).toMatchObject({ origin: 'hs1.test', body: { origin: 'hs1.test', pdus: [] } });
});

it('tells them after it was off for long, and not after a short stop', async () => {
  await using it = await scene(['a.test']);
  const { clock, one, called } = it;
  await one.stop();
  clock.jump(60 * SECOND);
  await one.start();
  await pass(clock, 30 * SECOND);
  expect(called()).toEqual([]);
  await one.stop();
  clock.jump(2 * HOUR);
  await one.start();
  await expect
    .poll(async () => {
      await pass(clock, 2 * SECOND);
      return entry(one, 'server-started');
    })
    .toMatchObject({ told: 1, answered: 1 });
  expect(called()).toEqual(['a.test']);
});

it('ends the wait of a server that could not reach this one', async () => {
  const clock = new FakeClock();
  const rests = { first: 600 * SECOND, factor: 2, longest: 24 * HOUR };
  const config = (name: string) => ({ publicBaseUrl: `https://${name}/`, federation: { rests } });
  await using federation = await startFederation(['hs1.test', 'hs2.test'], { clock, config });
  const [one, two] = federation.servers as [TestHomeserver, TestHomeserver];
  const [alice, bob] = [await one.register('alice'), await two.register('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId, one.serverName);

  one.homeserver.health.awake.suspending();
  federation.cut('hs1.test', 'hs2.test');
  await bob.say(roomId, 'are you there?');
  const { destinations } = two.homeserver.servers;
  await expect.poll(() => destinations.isResting('hs1.test')).toBe(true);
  await pass(clock, 60 * SECOND);
  federation.heal('hs1.test', 'hs2.test');
  expect(destinations.isResting('hs1.test')).toBe(true);
  const reached = alice.syncUntil(roomId, ({ content }: any) => content.body === 'are you there?');
  one.homeserver.health.awake.resumed();
  await expect
    .poll(async () => {
      await pass(clock, 2 * SECOND);
      return destinations.isResting('hs1.test');
    })
    .toBe(false);
  expect(await reached).toBeDefined();
});
