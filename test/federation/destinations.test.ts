import { describe, expect, it } from 'vitest';
import type { Milliseconds } from '../../src-main/base/clock.js';
import { RemoteError, type ServerRequest } from '../../src-main/matrix/servers/index.js';
import { Turns } from '../../src-main/matrix/servers/turns.js';
import { FakeClock } from '../support/fake-clock.js';
import { type FakeReply, type FederatedConfig, startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const HOUR = 3600_000;
const PATH = '/_matrix/federation/v1/version';

/** A server with a clock of its own, and a peer that answers as told. */
async function scene(config: FederatedConfig = {}) {
  const clock = new FakeClock();
  const federation = await startFederation(['hs1.test'], { clock, config });
  const [one] = federation.servers as [TestHomeserver];
  const fake = await federation.fakeServer('fake.test');
  const ask = (more: Partial<ServerRequest> = {}) =>
    one.homeserver.servers.requests.json({ destination: 'fake.test', method: 'GET', path: PATH, ...more });
  const answers = (status: number, body: unknown = {}, headers: Record<string, string> = {}) => {
    const reply: FakeReply = { status, body, headers, isWrong: true };
    fake.on('GET', PATH, reply);
  };
  return {
    clock,
    federation,
    one,
    fake,
    answers,
    ask,
    kind: (more: Partial<ServerRequest> = {}) =>
      ask(more).then(
        () => 'well',
        (error: unknown) => (error instanceof RemoteError ? error.kind : error),
      ),
    servers: () => one.homeserver.servers,
    [Symbol.asyncDispose]: () => federation.stop(),
  };
}

describe('a server that does not answer', () => {
  it('is let rest, longer each time, and not asked meanwhile', async () => {
    await using it = await scene();
    it.answers(503);
    const rests: Milliseconds[] = [];
    for (let i = 0; i < 20; i += 1) {
      expect(await it.kind()).toBe('unreachable');
      const { destinations } = it.servers();
      rests.push((destinations.nextTry('fake.test') ?? 0) - it.clock.now());
      expect(destinations.isResting('fake.test')).toBe(true);
      expect(await it.kind()).toBe('resting');
      it.clock.advance(rests.at(-1) ?? 0);
      expect(destinations.isResting('fake.test')).toBe(false);
    }
    expect(it.fake.received(PATH)).toHaveLength(20);
    expect(rests[0]).toBeLessThanOrEqual(2000);
    expect(rests[6]).toBeGreaterThan(rests[3] ?? 0);
    expect(rests[19]).toBeGreaterThanOrEqual(3 * HOUR);
    expect(rests[19]).toBeLessThanOrEqual(6 * HOUR);
  });

  it('is asked all the same when somebody waits for it', async () => {
    await using it = await scene();
    it.answers(503);
    await it.kind();
    it.answers(200, { server: {} });
    expect(await it.kind({ evenIfDown: true })).toBe('well');
    expect(it.servers().destinations.isResting('fake.test')).toBe(false);
  });

  it('rests on over a restart', async () => {
    await using it = await scene();
    it.answers(503);
    await it.kind();
    const before = await it.servers().destinations.report('fake.test');
    expect(before).toMatchObject({ failures: 1, failingSince: it.clock.now(), lastFailure: { at: it.clock.now() } });
    await it.one.restart();
    expect(it.servers().destinations.isResting('fake.test')).toBe(true);
    expect(await it.servers().destinations.report('fake.test')).toEqual(before);
  });

  it('is awake again when it answers, which is told once', async () => {
    await using it = await scene();
    const awake: string[] = [];
    const stop = it.servers().destinations.onAwake((server) => awake.push(server));
    it.answers(503);
    await it.kind();
    it.clock.advance(3000);
    it.answers(200, { server: {} });
    await it.ask();
    await it.ask();
    expect(awake).toEqual(['fake.test']);
    stop();
  });

  it('is awake again when it speaks to us, though not at every word while we cannot reach it', async () => {
    await using it = await scene();
    const { destinations } = it.servers();
    const awake: string[] = [];
    destinations.onAwake((server) => awake.push(server));
    it.answers(503);
    for (let i = 0; i < 12; i += 1) {
      await it.kind({ evenIfDown: true });
      it.clock.advance((destinations.nextTry('fake.test') ?? 0) - it.clock.now());
    }
    await it.kind();
    destinations.heardFrom('fake.test');
    expect(destinations.isResting('fake.test')).toBe(true);
    it.clock.advance(60_000);
    destinations.heardFrom('fake.test');
    destinations.heardFrom('fake.test');
    expect(destinations.isResting('fake.test')).toBe(false);
    expect(awake).toEqual(['fake.test']);
  });

  it('is not to blame when nobody answered, and is tried again as soon as somebody does', async () => {
    await using it = await scene();
    const { destinations } = it.servers();
    const awake: string[] = [];
    await it.ask();
    await it.kind({ destination: 'long-dead.test' });
    await it.ask();
    destinations.onAwake((server) => awake.push(server));
    it.answers(503);
    const all = ['a.test', 'fake.test', 'long-dead.test'];
    for (let i = 0; i < 8; i += 1) {
      for (const destination of all) await it.kind({ destination });
      it.clock.advance(20_000);
    }
    for (const destination of all) await it.kind({ destination });
    it.answers(200, { server: {} });
    await it.ask({ evenIfDown: true });
    expect(awake).toEqual(['a.test', 'fake.test']);
    expect(all.filter((server) => destinations.isResting(server))).toEqual(['long-dead.test']);
  });

  it('rests no longer than that when the clock is set back', async () => {
    await using it = await scene();
    it.answers(503);
    await it.kind();
    it.clock.jump(-30 * 24 * HOUR);
    expect(it.servers().destinations.isResting('fake.test')).toBe(false);
  });
});

it.each<[string, number, unknown, string, boolean]>([
  ['refuses', 403, { errcode: 'M_FORBIDDEN', error: 'no' }, 'answered', false],
  ['does not know the request', 404, { errcode: 'M_UNRECOGNIZED', error: 'what' }, 'answered', false],
  ['refuses without a word', 404, 'Not here', 'answered', false],
  ['does not believe us', 401, { errcode: 'M_UNAUTHORIZED', error: 'who' }, 'answered', true],
  ['has too much to do', 429, { errcode: 'M_LIMIT_EXCEEDED', error: 'later' }, 'answered', true],
  ['fails', 500, { errcode: 'M_UNKNOWN', error: 'oh' }, 'answered', true],
  ['is a proxy of a server that is gone', 502, '<html>', 'unreachable', true],
  ['answers nonsense', 200, 'nonsense', 'invalid', true],
  ['leads elsewhere', 301, '', 'invalid', true],
])('a server that %s is %s', async (_case, status, body, kind, rests) => {
  await using it = await scene();
  it.answers(status, body);
  expect(await it.kind()).toBe(kind);
  expect(it.servers().destinations.isResting('fake.test')).toBe(rests);
});

it('a server that says for how long is let rest for that long', async () => {
  await using it = await scene();
  it.answers(429, { errcode: 'M_LIMIT_EXCEEDED', error: 'later', retry_after_ms: 100_000 });
  await expect(it.ask()).rejects.toMatchObject({ status: 429, errcode: 'M_LIMIT_EXCEEDED' });
  expect(it.servers().destinations.nextTry('fake.test')).toBe(it.clock.now() + 100_000);
  it.clock.advance(100_000);
  it.answers(503, '', { 'retry-after': '999999999' });
  await it.kind();
  expect(it.servers().destinations.nextTry('fake.test')).toBe(it.clock.now() + HOUR);
});

it('all servers that were asked are listed, page by page', async () => {
  await using it = await scene();
  for (const destination of ['c.test', 'fake.test', 'a.test']) await it.kind({ destination });
  const { destinations } = it.servers();
  const names = async (page: Parameters<typeof destinations.list>[0]) =>
    (await destinations.list(page)).map(({ server }) => server);
  expect(await names({ limit: 2 })).toEqual(['a.test', 'c.test']);
  expect(await names({ limit: 2, after: 'c.test' })).toEqual(['fake.test']);
  expect(await destinations.report('fake.test')).toMatchObject({ failures: 0, lastSuccess: it.clock.now() });
  expect(await destinations.report('unknown.test')).toBeUndefined();
});

it('names that are nobody’s are forgotten in the end, servers that once answered are not', async () => {
  await using it = await scene();
  await it.ask();
  it.answers(503);
  for (const destination of ['fake.test', 'a.test', 'b.test']) await it.kind({ destination });
  const { destinations } = it.servers();
  expect(await destinations.list({ limit: 9 })).toHaveLength(3);
  it.clock.advance(3 * 24 * HOUR);
  await expect
    .poll(async () => (await destinations.list({ limit: 9 })).map(({ server }) => server))
    .toEqual(['fake.test']);
});

it('this server itself is never asked, nor one that is not on the list', async () => {
  await using it = await scene({ federation: { domainWhitelist: ['hs1.test', 'friend.test'] } });
  expect(await it.kind({ destination: 'hs1.test' })).toBe('refused');
  expect(await it.kind()).toBe('refused');
  expect(await it.kind({ destination: 'friend.test' })).toBe('unreachable');
});

describe('requests of one server', () => {
  const limits = { windowSize: 1000, sleepLimit: 3, sleepDelay: 500, rejectLimit: 4, concurrent: 2 };
  const never = new AbortController();

  function turns(more = {}) {
    const clock = new FakeClock();
    const all = new Turns({ ...limits, ...more }, clock);
    const done: number[] = [];
    const held: (() => void)[] = [];
    const begin = (n: number, server = 'a.test', asker = never) =>
      all.run(server, asker, async () => {
        done.push(n);
        await new Promise<void>((resolve) => held.push(resolve));
      });
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
    return { clock, done, held, begin, settle };
  }

  it('are answered a few at a time, in order; others do not wait for them', async () => {
    const { begin, done, held, settle } = turns({ sleepLimit: 100 });
    const all = [1, 2, 3, 4].map((n) => begin(n));
    const other = begin(9, 'b.test');
    await settle();
    expect(done).toEqual([1, 2, 9]);
    held.shift()?.();
    await settle();
    expect(done).toEqual([1, 2, 9, 3]);
    while (done.length < 5 || held.length > 0) {
      held.shift()?.();
      await settle();
    }
    await Promise.all([...all, other]);
  });

  it('wait a while when there are many in a moment, and are refused when too many wait', async () => {
    const { begin, clock, done, held, settle } = turns({ concurrent: 100 });
    const all = Array.from({ length: 7 }, (_none, n) => begin(n));
    await settle();
    expect(done).toEqual([0, 1, 2]);
    await expect(begin(99)).rejects.toMatchObject({ status: 429, errcode: 'M_LIMIT_EXCEEDED' });
    clock.advance(500);
    await settle();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const release of held) release();
    await Promise.all(all);
  });

  it('give up their place when they are gone', async () => {
    const { begin, done, held, settle } = turns({ sleepLimit: 100, concurrent: 1 });
    const gone = new AbortController();
    const first = begin(1);
    const second = begin(2, 'a.test', gone);
    const third = begin(3);
    await settle();
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    held.shift()?.();
    await settle();
    expect(done).toEqual([1, 3]);
    held.shift()?.();
    await Promise.all([first, third]);
  });
});
