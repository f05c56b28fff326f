import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { KillableServer } from '../../support/killable-server.js';
import { seededRandom } from '../../support/seeded-random.js';

const MESSAGES = 240;
const FILES = 20;
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);
const told = `seed ${SEED}`;

interface ErasureRow {
  state: string;
  total: number;
  done: number;
  kept: number;
  files: number;
}

let program: Awaited<ReturnType<typeof buildProgram>>;
let dataDir: string;
let running: KillableServer | undefined;
beforeAll(async () => {
  program = await buildProgram('test/support/server-process.ts');
});
afterAll(() => program[Symbol.dispose]());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hearth-erasure-kill-'));
});
afterEach(async () => {
  await running?.kill();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

async function start(): Promise<KillableServer> {
  running = await KillableServer.start(program.path, dataDir);
  return running;
}

function stored(): { erasure: ErasureRow | undefined; left: number; files: number } {
  const raw = new BetterSqlite3(join(dataDir, 'homeserver.db'), { readonly: true });
  const count = (sql: string) => (raw.prepare(sql).get() as { n: number }).n;
  const erasure = raw.prepare('SELECT state, total, done, kept, files FROM erasures').get() as ErasureRow | undefined;
  const found = {
    erasure,
    left: count("SELECT COUNT(*) AS n FROM events WHERE json LIKE '%sams word%'"),
    files: count("SELECT COUNT(*) AS n FROM media WHERE user_id LIKE '@sam:%'"),
  };
  raw.close();
  return found;
}

it('erases the whole of a person however often the server is killed meanwhile', { timeout: 120_000 }, async () => {
  let server = await start();
  const [alice, sam] = [await server.register('alice'), await server.register('sam')];
  const { room_id: roomId } = await server.call('POST', '/createRoom', alice, { preset: 'public_chat' });
  await server.call('POST', `/join/${encodeURIComponent(roomId)}`, sam, {});
  const path = `/rooms/${encodeURIComponent(roomId)}`;
  for (let each = 0; each < MESSAGES; each += 1) {
    const words = { msgtype: 'm.text', body: `sams word ${each}` };
    await server.call('PUT', `${path}/send/m.room.message/t${each}`, sam, words);
  }
  for (let each = 0; each < FILES; each += 1) {
    await server.call('POST', '/_matrix/media/v3/upload', sam, Buffer.from(`file ${each}`));
  }
  server.erase('@sam:bench.test');
  await expect.poll(() => stored().erasure?.state, { interval: 2, timeout: 10_000 }).toBeDefined();

  let kills = 0;
  while (stored().erasure?.state !== 'done' && kills < 12) {
    await moment(10 + random() * 60); // the moment of death is what this is about
    await server.kill();
    kills += 1;
    server = await start();
  }
  await expect.poll(() => stored().erasure?.state, { timeout: 20_000 }).toBe('done');

  const { erasure, left, files } = stored();
  expect(kills, told).toBeGreaterThan(1);
  expect({ left, files }, told).toEqual({ left: 0, files: 0 });
  expect(erasure, told).toMatchObject({ total: MESSAGES, done: MESSAGES, kept: 0, files: FILES });
  const page = await server.call('GET', `${path}/messages?dir=b&limit=500`, alice);
  const redacted = page.chunk.filter(
    ({ type, unsigned }: { type: string; unsigned?: { redacted_because?: object } }) =>
      type === 'm.room.message' && unsigned?.redacted_because !== undefined,
  );
  expect(redacted, told).toHaveLength(MESSAGES);
  const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'sam' }, password: 'correct horse' };
  await expect(server.call('POST', '/login', undefined, login)).rejects.toThrow(/M_USER_DEACTIVATED|M_FORBIDDEN/);
});
