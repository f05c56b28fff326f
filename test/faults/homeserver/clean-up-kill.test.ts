import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { KillableServer } from '../../support/killable-server.js';
import { seededRandom } from '../../support/seeded-random.js';

const FILES = 400;
const SIZE = 1000;
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);
const told = `seed ${SEED}`;

let program: Awaited<ReturnType<typeof buildProgram>>;
let dataDir: string;
let running: KillableServer | undefined;
beforeAll(async () => {
  program = await buildProgram('test/support/server-process.ts');
});
afterAll(() => program[Symbol.dispose]());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hearth-clean-up-kill-'));
});
afterEach(async () => {
  await running?.kill();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

async function start(): Promise<KillableServer> {
  running = await KillableServer.start(program.path, dataDir);
  return running;
}

const upload = async (server: KillableServer, token: string, name: string): Promise<string> =>
  (await server.call('POST', '/_matrix/media/v3/upload', token, Buffer.from(name.padEnd(SIZE)))).content_uri;

function stored() {
  const raw = new BetterSqlite3(join(dataDir, 'homeserver.db'), { readonly: true });
  const run = raw.prepare('SELECT state, total_count, gone_count, gone_bytes FROM media_clean_ups').get() as
    | { state: string; total_count: number; gone_count: number; gone_bytes: number }
    | undefined;
  const { left } = raw.prepare('SELECT COUNT(*) AS left FROM media').get() as { left: number };
  const notes = raw.prepare("SELECT fields FROM activity WHERE kind = 'media-deleted'").pluck().all() as string[];
  raw.close();
  return { run, left, notes };
}

it('clears all that it was asked to however often the server is killed meanwhile, and counts each file once', {
  timeout: 120_000,
}, async () => {
  let server = await start();
  const alice = await server.register('alice');
  const face = await upload(server, alice, 'face');
  const { room_id: roomId } = await server.call('POST', '/createRoom', alice, { preset: 'private_chat' });
  await server.call('PUT', `/rooms/${encodeURIComponent(roomId)}/state/m.room.avatar`, alice, { url: face });
  for (let each = 0; each < FILES; each += 1) await upload(server, alice, `file ${each}`);
  server.cleanUp({ kind: 'own', unusedSince: Date.now() + 60_000 });
  await expect.poll(() => stored().run?.state, { interval: 2, timeout: 10_000 }).toBeDefined();

  let kills = 0;
  while (stored().run?.state !== 'done' && kills < 12) {
    await moment(10 + random() * 100); // the moment of death is what this is about
    await server.kill();
    kills += 1;
    server = await start();
  }
  await expect.poll(() => stored().run?.state, { timeout: 20_000 }).toBe('done');
  await expect.poll(() => stored().notes.length, { timeout: 10_000 }).toBe(1);

  const { run, left, notes } = stored();
  expect(kills, told).toBeGreaterThan(1);
  expect(run, told).toMatchObject({ total_count: FILES, gone_count: FILES, gone_bytes: FILES * SIZE });
  expect(left, told).toBe(1);
  expect(JSON.parse(notes[0] ?? ''), told).toMatchObject({ kind: 'own', files: FILES, free: FILES * SIZE });
  const [, , host, mediaId] = face.split('/');
  await server.call('GET', `/_matrix/client/v1/media/download/${host}/${mediaId}`, alice);
  await expect
    .poll(async () => {
      const found = await readdir(join(dataDir, 'media_store'), { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).length;
    })
    .toBe(1);
});
