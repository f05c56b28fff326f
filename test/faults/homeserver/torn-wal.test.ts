import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type * as Wal from '../../../src-main/storage/sqlite-wal.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { type Damage, damages } from '../../support/power-cut.js';
import { seededRandom } from '../../support/seeded-random.js';
import type { TestUser } from '../../support/test-client.js';

const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);

/** Keeps for sure what was in the WAL when a sync began that ended; once stuck no sync ends. */
const disk = vi.hoisted(() => ({
  wal: '',
  synced: new Uint8Array(),
  isStuck: false,
  waiting: [] as (() => void)[],
  release() {
    this.isStuck = false;
    this.wal = '';
    for (const resolve of this.waiting.splice(0)) resolve();
  },
}));

vi.mock('../../../src-main/storage/sqlite-wal.js', async (original) => {
  const wal = await original<typeof Wal>();
  const syncFile: Wal.SyncFile = async (file) => {
    if (disk.isStuck) await new Promise<void>((resolve) => disk.waiting.push(resolve));
    const now = disk.wal === '' ? new Uint8Array() : readFileSync(disk.wal);
    await wal.syncFile(file);
    disk.synced = now;
  };
  return { ...wal, syncFile };
});

beforeEach(() => {
  vi.stubEnv('HEARTH_TEST_DATABASE', 'sqlite'); // PostgreSQL keeps a log of its own
  disk.release();
  disk.synced = new Uint8Array();
});

const UNSYNCED = 12;

interface Said {
  readonly body: string;
  readonly eventId: EventId;
}

interface Scene {
  readonly dataDir: string;
  readonly alice: TestUser;
  readonly roomId: RoomId;
  /** acknowledged, each sender's in order */
  readonly acknowledged: readonly Said[];
  readonly synced: Buffer;
}

/** People write at once; the last of what they write is never synced. Then the power goes. */
async function writeUntilPowerCut(server: TestHomeserver, dataDir: string): Promise<Scene> {
  disk.wal = join(server.config.dataDir, 'homeserver.db-wal');
  const alice = await server.register('alice');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  const acknowledged: Said[] = [];
  const say = async (body: string) => {
    acknowledged.push({ body, eventId: await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body }, body) });
  };
  for (let i = 0; i < 15; i += 1) await Promise.all([0, 1, 2].map((sender) => say(`${sender} ${i}`)));
  disk.isStuck = true;
  const unsynced = Array.from({ length: UNSYNCED }, (_none, i) => say(`unsynced ${i}`).catch(() => undefined));
  const { db } = server.homeserver;
  const before = db.position();
  await expect.poll(() => db.position()).toBeGreaterThanOrEqual(before + unsynced.length);
  cpSync(server.config.dataDir, dataDir, { recursive: true });
  return { dataDir, alice, roomId, acknowledged: [...acknowledged], synced: Buffer.from(disk.synced) };
}

/** Starts a server on what the disk may hold after the cut, and compares it with what people were told. */
async function restart(scene: Scene, damage: Damage, round: number): Promise<readonly Said[]> {
  const told = `seed ${SEED}, round ${round}`;
  await using server = await startHomeserver();
  await server.stop();
  const { dataDir } = server.config;
  rmSync(dataDir, { recursive: true });
  cpSync(scene.dataDir, dataDir, { recursive: true });
  const wal = join(dataDir, 'homeserver.db-wal');
  const now = readFileSync(wal);
  writeFileSync(wal, damage({ synced: scene.synced, now, random }));
  await server.start();
  const alice = server.withToken(scene.alice.accessToken ?? '');
  const room = `/rooms/${encodeURIComponent(scene.roomId)}`;
  const { chunk } = await alice.ok('GET', `${room}/messages`, { query: { dir: 'f', limit: 1000 } });
  const found: Said[] = chunk.flatMap((event: any) =>
    event.content.body ? { body: event.content.body, eventId: event.event_id } : [],
  );
  const kept = found.filter(({ body }) => !body.startsWith('unsynced'));
  expect(kept.toSorted(byId), told).toEqual(scene.acknowledged.toSorted(byId));
  expect(new Set(found.map(({ body }) => body)).size, told).toBe(found.length);
  const send = `${room}/send/m.room.message/again`;
  const { event_id: next } = await alice.ok('PUT', send, { body: { msgtype: 'm.text', body: 'goes on' } });
  const { chunk: last } = await alice.ok('GET', `${room}/messages`, { query: { dir: 'b', limit: 1 } });
  expect(last[0].event_id, told).toBe(next);
  return found;
}

const byId = (a: Said, b: Said) => (a.eventId < b.eventId ? -1 : 1);

it.each(Object.entries(damages))('keeps what was acknowledged when the tail of the log is %s', async (_how, damage) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-cut-'));
  const server = await startHomeserver();
  try {
    const scene = await writeUntilPowerCut(server, dataDir);
    expect(scene.acknowledged).toHaveLength(45);
    disk.release();
    const found: number[] = [];
    for (let round = 0; round < 6; round += 1) found.push((await restart(scene, damage, round)).length);
    expect(Math.min(...found), `seed ${SEED}`).toBeLessThan(45 + UNSYNCED); // something was torn indeed
  } finally {
    disk.release();
    rmSync(dataDir, { recursive: true, force: true });
    await server[Symbol.asyncDispose]();
  }
});
