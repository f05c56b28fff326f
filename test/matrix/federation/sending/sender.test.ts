import { afterEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.js';
import { Progress } from '../../../../src-main/matrix/federation/sending/progress.js';
import { Sender } from '../../../../src-main/matrix/federation/sending/sender.js';
import { sendingJob } from '../../../../src-main/matrix/federation/sending/sending.job.js';
import { RemoteError, type ServerRequest } from '../../../../src-main/matrix/servers/index.js';
import type { Database } from '../../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../../support/databases.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { OutgoingLog } from './outgoing-log.js';

const ONE = 'one.test';
const running: { stop(): Promise<void> }[] = [];

type Answer = (transaction: any) => Promise<unknown>;
const ok: Answer = async () => ({ pdus: {} });
const gone: Answer = async () => {
  throw new RemoteError('unreachable', 'a server', 'gone');
};

/** The sender with its store, and servers that a test plays. */
class World {
  readonly clock = new FakeClock();
  readonly log: OutgoingLog;
  readonly taken = new Map<string, any[]>();
  readonly answers = new Map<string, Answer>();
  readonly resting = new Map<string, number>();
  readonly awake = new Set<(server: string) => void>();
  asked = 0;
  sender!: Sender;

  constructor(
    readonly db: Database,
    readonly servers: readonly string[],
  ) {
    this.log = new OutgoingLog(servers, db.news);
  }

  /** @param again the sender of a run before, as when its job failed and is started again */
  start(again?: Sender) {
    const { db, clock } = this;
    const destinations = {
      isResting: (server: string) => (this.resting.get(server) ?? 0) > clock.now(),
      nextTry: (server: string) => this.resting.get(server),
      onAwake: (listener: (server: string) => void) => {
        this.awake.add(listener);
        return () => this.awake.delete(listener);
      },
    };
    const requests = { json: (request: ServerRequest) => this.#answer(request) as Promise<never> };
    const deps = { db, clock, log: silentLogger, events: this.log.events, destinations };
    this.sender = again ?? new Sender({ ...deps, serverName: ONE, requests, traffic: { note: () => undefined } });
    const progress = new Progress(deps);
    const stopping = new AbortController();
    const ended = sendingJob({ ...deps, progress, sender: this.sender }).run(stopping.signal);
    const stop = async () => {
      stopping.abort(new Error('stop'));
      await ended;
    };
    running.push({ stop });
    return { stop };
  }

  eventsAt(server: string): string[] {
    return (this.taken.get(server) ?? []).flatMap(({ pdus }) => pdus.map((pdu: any) => pdu.event_id));
  }

  edusAt(server: string): any[] {
    return (this.taken.get(server) ?? []).flatMap(({ edus = [] }) => edus);
  }

  async #answer({ destination, path, bodyText = '', signal }: ServerRequest): Promise<unknown> {
    this.asked += 1;
    const transaction = { ...JSON.parse(bodyText), path };
    const aborted = new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const reply = await Promise.race([(this.answers.get(destination) ?? ok)(transaction), aborted]);
    this.taken.set(destination, [...(this.taken.get(destination) ?? []), transaction]);
    return reply;
  }
}

const poll = (what: () => unknown) => expect.poll(what, { interval: 5 });
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_none, at) => `$${from + at}`);
const toDevice = (name: string, key?: string) => ({
  type: 'm.direct_to_device' as const,
  content: { sender: '@a:one.test' as const, type: 'm.test', message_id: name, messages: {} },
  ...(key !== undefined && { key }),
});

describeEachDatabase('the sender', (databases) => {
  // Before the databases are closed.
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  it('sends every event to every server of its room, in order, many at a time', async () => {
    const world = new World(await databases.open(), ['two.test', 'three.test', ONE]);
    world.start();
    for (let at = 0; at < 120; at += 1) world.log.add(at % 4 === 3 ? '!elsewhere' : '!room');
    const wanted = world.log.pdus.filter(({ roomId }) => roomId === '!room').map(({ eventId }) => eventId);
    await poll(() => world.eventsAt('two.test')).toEqual(wanted);
    await poll(() => world.eventsAt('three.test')).toEqual(wanted);
    for (const { pdus, origin } of world.taken.get('two.test') ?? []) {
      expect([pdus.length <= 50, origin]).toEqual([true, ONE]);
    }
    const paths = (world.taken.get('two.test') ?? []).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(world.taken.has(ONE)).toBe(false);
  });

  it('lets a server that hangs delay no other', async () => {
    const world = new World(await databases.open(), ['two.test', 'slow.test']);
    world.answers.set('slow.test', () => new Promise(() => undefined));
    world.start();
    for (let at = 0; at < 200; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 200));
    expect(world.eventsAt('slow.test')).toEqual([]);
  });

  it('sends what a server missed when it is there again, and remembers its place over a restart', async () => {
    const world = new World(await databases.open(), ['two.test', 'down.test']);
    world.answers.set('down.test', gone);
    const first = world.start();
    for (let at = 0; at < 10; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 10));
    await poll(() => world.asked).toBeGreaterThan(1);
    await first.stop();
    for (let at = 0; at < 5; at += 1) world.log.add('!room');
    world.answers.delete('down.test');
    world.start();
    await poll(() => world.eventsAt('down.test')).toEqual(ids(1, 15));
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 15));
  });

  it('asks a server that rests only when its rest is over, or when it speaks', async () => {
    const world = new World(await databases.open(), ['two.test']);
    world.resting.set('two.test', world.clock.now() + 60_000);
    world.start();
    world.log.add('!room');
    await poll(() => world.clock.sleeping).toBeGreaterThan(1);
    expect(world.asked).toBe(0);
    world.clock.advance(60_001);
    await poll(() => world.eventsAt('two.test')).toEqual(['$1']);
    world.resting.set('two.test', world.clock.now() + 3_600_000);
    world.log.add('!room');
    await vi.waitUntil(() => world.sender.boxes.get('two.test')?.retry);
    world.resting.delete('two.test');
    for (const listener of world.awake) listener('two.test');
    await poll(() => world.eventsAt('two.test')).toEqual(['$1', '$2']);
  });

  it('sends again after a crash what had not arrived, and nothing that was long there', async () => {
    const db = await databases.open();
    const world = new World(db, ['two.test']);
    world.start();
    for (let at = 0; at < 5; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 5));
    await vi.waitUntil(() => world.sender.boxes.size === 0);
    world.clock.advance(1_000);
    const places = () =>
      db.all<[], { position: number }>({ sql: "SELECT position FROM bookmarks WHERE follower = 'federation.sending'" });
    await poll(async () => (await places())[0]?.position).toBe(5);
    // A second house on the same database, as after a crash: the first never wrote its last place.
    world.answers.set('two.test', () => new Promise(() => undefined));
    world.log.add('!room');
    await vi.waitUntil(() => world.asked === 2);
    const after = new World(db, ['two.test']);
    after.log.pdus.push(...world.log.pdus);
    after.start();
    await poll(() => after.eventsAt('two.test')).toEqual(['$6']);
  });

  it('begins again where it was after a failure of its own', async () => {
    const world = new World(await databases.open(), ['two.test', 'down.test']);
    world.answers.set('down.test', gone);
    const first = world.start();
    for (let at = 0; at < 5; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 5));
    await first.stop();
    const sender = world.sender;
    const again = world.start(sender);
    for (let at = 0; at < 5; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 10));
    world.answers.delete('down.test');
    await again.stop();
    world.start(sender);
    await poll(() => world.eventsAt('down.test')).toEqual(ids(1, 10));
  });

  it('finds the event that a server refuses, gives it up, and sends the others', async () => {
    const world = new World(await databases.open(), ['two.test']);
    world.answers.set('two.test', async ({ pdus }) => {
      const isBad = pdus.some((pdu: any) => pdu.event_id === '$7');
      if (isBad) throw new RemoteError('answered', 'two.test', 'no', { status: 400, errcode: 'M_BAD_JSON' });
      return { pdus: {} };
    });
    world.start();
    for (let at = 0; at < 20; at += 1) world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(ids(1, 20).filter((id) => id !== '$7'));
  });

  it('keeps for a server that is down for long no more than it may still get in full', async () => {
    const world = new World(await databases.open(), ['two.test', 'down.test']);
    world.answers.set('down.test', async (transaction) => {
      world.resting.set('down.test', Number.POSITIVE_INFINITY);
      return gone(transaction);
    });
    world.start();
    for (let at = 0; at < 2_500; at += 1) world.log.add('!room');
    await vi.waitUntil(() => world.eventsAt('two.test').length === 2_500, { timeout: 10_000 });
    await vi.waitUntil(() => world.sender.boxes.get('down.test')?.wasDown);
    await poll(() => {
      world.clock.advance(60_001);
      return world.log.released;
    }).toBe(1_500);
  });

  it('waits as long as a server asks', async () => {
    const world = new World(await databases.open(), ['two.test']);
    const limited = { status: 429, errcode: 'M_LIMIT_EXCEEDED', fields: { retry_after_ms: 5_000 } };
    world.answers.set('two.test', async () => {
      throw new RemoteError('answered', 'two.test', 'later', limited);
    });
    world.start();
    world.log.add('!room');
    await vi.waitUntil(() => world.sender.boxes.get('two.test')?.retry);
    world.answers.delete('two.test');
    world.clock.advance(4_000);
    expect(world.asked).toBe(1);
    world.clock.advance(1_000);
    await poll(() => world.eventsAt('two.test')).toEqual(['$1']);
  });

  it('keeps nothing for servers that we do not talk to', async () => {
    const world = new World(await databases.open(), ['two.test']);
    world.answers.set('two.test', async () => {
      throw new RemoteError('refused', 'two.test', 'not on the list');
    });
    world.start();
    world.log.add('!room');
    await world.db.write((tx) => world.sender.storedEdu(tx, ['two.test'], toDevice('m1')));
    await poll(() => world.asked).toBeGreaterThan(0);
    await poll(() => world.sender.boxes.size).toBe(0);
    expect(await world.db.all({ sql: 'SELECT * FROM outgoing_edus' })).toEqual([]);
  });

  it('sends stored EDUs in order and once they arrived no more, over restarts', async () => {
    const world = new World(await databases.open(), []);
    world.answers.set('two.test', gone);
    const first = world.start();
    for (let at = 0; at < 100; at += 1) {
      await world.db.write((tx) => world.sender.storedEdu(tx, ['two.test', ONE, 'three.test'], toDevice(`m${at}`)));
    }
    await poll(() => world.edusAt('three.test')).toHaveLength(100);
    await first.stop();
    world.answers.delete('two.test');
    world.start();
    await poll(() => world.edusAt('two.test').map(({ content }) => content.message_id)).toEqual(
      Array.from({ length: 100 }, (_none, at) => `m${at}`),
    );
    await poll(() => world.db.all({ sql: 'SELECT pos FROM outgoing_edus' })).toEqual([]);
    expect(world.edusAt('three.test')).toHaveLength(100);
  });

  it('replaces a stored EDU by one with the same key that comes before it is sent', async () => {
    const world = new World(await databases.open(), []);
    world.answers.set('two.test', gone);
    const { stop } = world.start();
    await world.db.write((tx) => world.sender.storedEdu(tx, ['two.test'], toDevice('old', 'key')));
    await world.db.write((tx) => world.sender.storedEdu(tx, ['two.test'], toDevice('new', 'key')));
    await stop();
    world.answers.delete('two.test');
    world.start();
    await poll(() => world.edusAt('two.test').map(({ content }) => content.message_id)).toEqual(['new']);
  });

  it('sends EDUs of the moment with events or after their patience, and drops them where nobody is', async () => {
    const world = new World(await databases.open(), ['two.test']);
    world.start();
    await vi.waitUntil(() => world.clock.sleeping > 0);
    const typing = (patience: number) => ({
      type: 'm.typing' as const,
      content: { room_id: '!room' as const, user_id: '@a:one.test' as const, typing: true },
      patience,
    });
    world.sender.edu(['two.test'], typing(1_000));
    expect(world.asked).toBe(0);
    world.clock.advance(1_000);
    await poll(() => world.edusAt('two.test')).toHaveLength(1);
    world.sender.edu(['two.test'], typing(1_000));
    world.log.add('!room');
    await poll(() => world.edusAt('two.test')).toHaveLength(2);
    world.resting.set('two.test', world.clock.now() + 10_000);
    world.sender.edu(['two.test'], typing(0));
    world.clock.advance(10_001);
    world.log.add('!room');
    await poll(() => world.eventsAt('two.test')).toEqual(['$1', '$2']);
    expect(world.edusAt('two.test')).toHaveLength(2);
  });

  it('writes nothing for each of many servers that take a message', async () => {
    const servers = Array.from({ length: 1_000 }, (_none, at) => `s${at}.test`);
    const world = new World(await databases.open(), servers);
    world.start();
    world.log.add('!room');
    await poll(() => world.taken.size).toBe(1_000);
    await poll(() => world.sender.boxes.size).toBe(0);
    world.clock.advance(1_000);
    expect(await world.db.all({ sql: 'SELECT * FROM lagging_destinations' })).toEqual([]);
  });
});
