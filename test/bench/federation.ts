import { createServer } from 'node:net';
import { once } from 'node:events';
import { BenchServer, type BenchUser } from './bench-server.js';
import { each, measure, printHeader } from './measure.js';

/** Messages from server to server: how long they take, and what they cost on each side. */

/** Messages of a measurement that go one at a time, and ms from one to the next. */
const [COUNT, PACE] = [1_000, 8];
/** Messages before: in a burst, and one at a time. What is seldom done is compiled late. */
const [WARM, WARM_ALONE] = [3_000, 1_500];

const profile = process.argv.includes('--profile') ? ['--cpu-prof', '--cpu-prof-dir=.'] : [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

interface Side {
  readonly server: BenchServer;
  readonly user: BenchUser;
}

async function startSide(name: string): Promise<Side> {
  const server = await BenchServer.start({ federationPort: await freePort(), nodeOptions: profile, unwatched: true });
  return { server, user: await server.register(name) };
}

/** A public room of the first side that the second joins. */
async function sharedRoom(one: Side, two: Side): Promise<string> {
  const roomId = await one.server.createRoom(one.user, { preset: 'public_chat' });
  const via = encodeURIComponent(one.user.userId.slice(one.user.userId.indexOf(':') + 1));
  await two.server.call('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}?via=${via}`, two.user.token, {});
  return roomId;
}

const idsIn = (body: unknown, roomId: string): string[] => {
  type Sync = { rooms?: { join?: Record<string, { timeline?: { events?: { event_id: string }[] } }> } };
  const events = (body as Sync).rooms?.join?.[roomId]?.timeline?.events ?? [];
  return events.map((event) => event.event_id);
};

/** A reader that waits for events of a room. */
class Reader {
  readonly #seen = new Set<string>();
  #since: string | undefined;

  constructor(
    private readonly side: Side,
    private readonly roomId: string,
  ) {}

  async until(isEnough: (seen: ReadonlySet<string>) => boolean): Promise<void> {
    const filter = encodeURIComponent(JSON.stringify({ room: { timeline: { limit: 100 } } }));
    while (!isEnough(this.#seen)) {
      const since = this.#since === undefined ? 'timeout=0' : `since=${this.#since}&timeout=30000`;
      const body = await this.side.server.sync(this.side.user, `filter=${filter}&${since}`);
      this.#since = String(body['next_batch']);
      for (const eventId of idsIn(body, this.roomId)) this.#seen.add(eventId);
    }
  }
}

/** The id of the newest event of the room as a side sees it. */
async function newest({ server, user }: Side, roomId: string): Promise<string | undefined> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=1`;
  const { chunk } = (await server.call('GET', path, user.token)) as { chunk?: { event_id: string }[] };
  return chunk?.[0]?.event_id;
}

/** ms of CPU that a server used for each of some messages. */
interface Cost {
  readonly all: number;
  /** of that on the thread of the event loop; the rest is syncs of files, the compiler and the garbage collector */
  readonly loop: number;
}

/** What `work`, which handles `count` messages, costs some servers a message. */
async function costOf(sides: readonly Side[], count: number, work: () => Promise<void>): Promise<Cost[]> {
  const before = await Promise.all(sides.map(({ server }) => server.usage()));
  await work();
  const after = await Promise.all(sides.map(({ server }) => server.usage()));
  return after.map(({ cpu, loopCpu }, at) => ({
    all: (cpu - (before[at]?.cpu ?? 0)) / count,
    loop: (loopCpu - (before[at]?.loopCpu ?? 0)) / count,
  }));
}

const told = ({ all, loop }: Cost = { all: 0, loop: 0 }) => `${all.toFixed(3)} (loop ${loop.toFixed(3)})`;
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** One message every few ms, so that each goes alone. */
async function paced(side: Side, roomId: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const begun = performance.now();
    await side.server.send(side.user, roomId);
    await pause(Math.max(0, PACE - (performance.now() - begun)));
  }
}

/**
 * What a message alone costs, once both servers are warm: each line is the CPU of a server's whole process, which holds
 * neither the client nor the other server.
 */
async function single(one: Side, two: Side, roomId: string): Promise<void> {
  const alone = await one.server.createRoom(one.user);
  await burst(one, two, roomId, WARM);
  await paced(one, roomId, WARM_ALONE);
  const rest = await costOf([one, two], COUNT, () => pause(COUNT * PACE).then(() => undefined));
  console.log(`at rest for as long: ${told(rest[0])} and ${told(rest[1])}`);
  const [local] = await costOf([one], COUNT, () => paced(one, alone, COUNT));
  console.log(`message in a room of this server alone: ${told(local)}: its client's request, kept on disk`);
  const [sending, receiving] = await costOf([one, two], COUNT, () => paced(one, roomId, COUNT));
  console.log(`message to the other server: ${told(sending)} sending (with the client's request)`);
  console.log(`                             ${told(receiving)} receiving (nobody reads)`);
  await latency(one, two, roomId);
}

async function latency(one: Side, two: Side, roomId: string): Promise<void> {
  const reader = new Reader(two, roomId);
  await reader.until(() => true);
  const [, reading] = await costOf([one, two], COUNT, async () => {
    await measure(one.server, 'send until read on the other server', { count: COUNT }, async () => {
      const sent = String((await one.server.send(one.user, roomId))['event_id']);
      await reader.until((seen) => seen.has(sent));
    });
  });
  console.log(`  the other server, with its reader's sync: ${told(reading)}`);
}

/** Sends `count` at once and waits until the other side has the last. */
async function burst(one: Side, two: Side, roomId: string, count: number): Promise<void> {
  const [usedOne, usedTwo] = [await one.server.usage(), await two.server.usage()];
  const begun = performance.now();
  await each(count - 1, 16, () => one.server.send(one.user, roomId));
  const sentAfter = performance.now() - begun;
  const last = String((await one.server.send(one.user, roomId))['event_id']);
  while ((await newest(two, roomId)) !== last) await new Promise((resolve) => setTimeout(resolve, 20));
  const took = performance.now() - begun;
  const [one2, two2] = [await one.server.usage(), await two.server.usage()];
  const [cpuOne, cpuTwo] = [(one2.cpu - usedOne.cpu) / count, (two2.cpu - usedTwo.cpu) / count];
  console.log(
    `burst of ${count}: sent after ${sentAfter.toFixed(0)} ms, all there after ${took.toFixed(0)} ms; ` +
      `CPU a message: ${cpuOne.toFixed(3)} ms sending (with the client's request), ${cpuTwo.toFixed(3)} ms receiving; ` +
      `RSS ${one2.rss.toFixed(0)} and ${two2.rss.toFixed(0)} MiB`,
  );
  const isWithin = cpuOne <= 1 && cpuTwo <= 1;
  console.log(`  ${isWithin ? 'within' : 'OVER'} 1 ms of CPU a message on each side`);
}

printHeader();
const [one, two] = [await startSide('alice'), await startSide('bob')];
const roomId = await sharedRoom(one, two);
await single(one, two, roomId);
await burst(one, two, roomId, 1_000);
await burst(two, one, roomId, 1_000);
await one.server.stop();
await two.server.stop();
