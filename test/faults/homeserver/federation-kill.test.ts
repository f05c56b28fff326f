import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { KillableServer } from '../../support/killable-server.js';
import { seededRandom } from '../../support/seeded-random.js';

const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);
const told = `seed ${SEED}`;
const segment = encodeURIComponent;

let program: Awaited<ReturnType<typeof buildProgram>>;
const sides: Side[] = [];
beforeAll(async () => {
  program = await buildProgram('test/support/server-process.ts');
});
afterEach(async () => {
  for (const side of sides.splice(0)) await side.end();
});
afterAll(() => program[Symbol.dispose]());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A server that can be killed, with somebody on it. */
class Side {
  server!: KillableServer;
  token = '';
  #count = 0;

  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly dataDir: string,
  ) {}

  static async start(name: string): Promise<Side> {
    const side = new Side(name, await freePort(), await mkdtemp(join(tmpdir(), 'hearth-kill-')));
    sides.push(side);
    await side.revive();
    side.token = await side.server.register(name);
    return side;
  }

  get serverName(): string {
    return `127.0.0.1:${this.port}`;
  }

  async revive(): Promise<void> {
    this.server = await KillableServer.start(program.path, this.dataDir, this.port);
  }

  /** @returns the id of a message that the server said it has */
  async say(roomId: string): Promise<string> {
    this.#count += 1;
    const path = `/rooms/${segment(roomId)}/send/m.room.message/${this.name}${this.#count}`;
    const body = `${this.name} ${this.#count}`;
    return (await this.server.call('PUT', path, this.token, { msgtype: 'm.text', body })).event_id;
  }

  /** Ids of all messages of the room, the newest first. */
  async history(roomId: string): Promise<string[]> {
    const ids: string[] = [];
    for (let from = ''; ; ) {
      const path = `/rooms/${segment(roomId)}/messages?dir=b&limit=100${from && `&from=${from}`}`;
      const { chunk, end } = await this.server.call('GET', path, this.token);
      ids.push(...chunk.filter((e: any) => e.type === 'm.room.message').map((e: any) => e.event_id));
      if (!end || chunk.length === 0) return ids;
      from = end;
    }
  }

  async end(): Promise<void> {
    await this.server?.kill();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

it('loses nothing and doubles nothing when servers are killed in the middle of transactions', async () => {
  const [one, two] = [await Side.start('alice'), await Side.start('bob')];
  const { room_id: roomId } = await one.server.call('POST', '/createRoom', one.token, { preset: 'public_chat' });
  const query = `via=${segment(one.serverName)}`;
  await two.server.call('POST', `/join/${segment(roomId)}?${query}`, two.token, {});
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const victim = random() < 0.5 ? one : two;
    let isOver = false;
    const talking = [one, two].map(async (side) => {
      while (!isOver) {
        const eventId = await side.say(roomId).catch(() => undefined);
        if (eventId === undefined) return;
        acknowledged.add(eventId);
      }
    });
    await moment(100 + random() * 300); // the moment of death is what this is about
    await victim.server.kill();
    isOver = true;
    await Promise.all(talking);
    await victim.revive();
    // Whoever comes back speaks, so that the other side knows.
    acknowledged.add(await victim.say(roomId));
  }
  const wanted = [...acknowledged].sort();
  const has = async (side: Side) => {
    const ids = await side.history(roomId);
    expect(new Set(ids).size, told).toBe(ids.length);
    return wanted.filter((id) => !ids.includes(id)).length;
  };
  await expect.poll(() => has(two), { timeout: 60_000, interval: 500, message: told }).toBe(0);
  await expect.poll(() => has(one), { timeout: 60_000, interval: 500, message: told }).toBe(0);
  expect(wanted.length).toBeGreaterThan(KILLS);
}, 180_000);
