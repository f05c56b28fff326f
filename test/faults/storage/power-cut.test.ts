import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { statement } from '../../../src-main/storage/database.js';
import type { SqliteDatabase } from '../../../src-main/storage/sqlite.js';
import type { SyncFile } from '../../../src-main/storage/sqlite-wal.js';
import { sqliteDatabases } from '../../support/databases.js';
import { openTestDatabase } from '../../support/new-database.js';
import { damages } from '../../support/power-cut.js';
import { seededRandom } from '../../support/seeded-random.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const keys = statement<[], { key: string }>("SELECT key FROM meta WHERE key LIKE 'k%'");

const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);
const pick = (limit: number) => Math.floor(random() * limit);

/**
 * A disk that keeps for sure only what was synced: `synced` is the WAL as it was when the last sync began that ended.
 * While it is stuck no sync ends, and what is written then is on the disk in part or not at all.
 */
class Disk {
  synced = Buffer.alloc(0);
  isStuck = false;
  readonly #wal: string;

  constructor(path: string) {
    this.#wal = `${path}-wal`;
  }

  readonly sync: SyncFile = async () => {
    if (this.isStuck) return await new Promise(() => undefined);
    const now = readFileSync(this.#wal);
    await new Promise(setImmediate);
    this.synced = now;
  };

  /** A checkpoint syncs by itself. */
  allSynced(): void {
    this.synced = readFileSync(this.#wal);
  }
}

interface Scene {
  readonly path: string;
  readonly disk: Disk;
  /** keys whose write was acknowledged as durable */
  readonly acknowledged: readonly string[];
  readonly all: readonly string[];
}

const databases = sqliteDatabases();

/** Writes, of which the first are acknowledged and the last not; then the power goes. */
async function writeUntilPowerCut(rounds: { checkpoint: boolean }): Promise<Scene> {
  const config = await databases.create();
  if (config.engine !== 'sqlite') throw new Error('only SQLite has a WAL file');
  const disk = new Disk(config.path);
  const db = (await databases.open(config, { sync: disk.sync })) as SqliteDatabase;
  const acknowledged: string[] = [];
  const all: string[] = [];
  const write = async (key: string) => {
    all.push(key);
    await db.write((tx) => tx.run(put, key, 'x'.repeat(pick(6000))));
    if (disk.isStuck) return;
    await db.durable();
    acknowledged.push(key);
  };
  for (let i = 0; i < 40; i += 1) await Promise.all([0, 1, 2].map((n) => write(`k${i}.${n}`)));
  if (rounds.checkpoint) {
    await db.checkpoint();
    disk.allSynced();
    for (let i = 40; i < 55; i += 1) await write(`k${i}`);
  }
  disk.isStuck = true;
  for (let i = 60; i < 75; i += 1) await write(`k${i}`);
  return { path: config.path, disk, acknowledged, all };
}

/** Starts the server's store on what the disk holds, and checks it. */
async function restart(scene: Scene, wal: Buffer, name: string): Promise<readonly string[]> {
  const path = join(dirname(scene.path), name, 'hearth.db');
  mkdirSync(dirname(path));
  copyFileSync(scene.path, path);
  writeFileSync(`${path}-wal`, wal);
  const db = await openTestDatabase({ engine: 'sqlite', path });
  const found = (await db.all(keys)).map(({ key }) => key);
  await db.close();
  const raw = new BetterSqlite3(path);
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  raw.close();
  return found;
}

it.each([
  { how: 'cut off', damage: damages['cut off'], checkpoint: false },
  { how: 'garbled', damage: damages.garbled, checkpoint: false },
  { how: 'zeroed', damage: damages.zeroed, checkpoint: false },
  { how: 'partly written', damage: damages['partly written'], checkpoint: false },
  { how: 'partly written over the old one', damage: damages['partly written'], checkpoint: true },
])('loses only what was never acknowledged when the tail of the WAL is $how', async ({ damage, checkpoint }) => {
  const scene = await writeUntilPowerCut({ checkpoint });
  const now = readFileSync(`${scene.path}-wal`);
  for (let round = 0; round < 25; round += 1) {
    const found = await restart(scene, damage({ synced: scene.disk.synced, now, random }), `round-${round}`);
    const told = `seed ${SEED}, round ${round}`;
    expect(found, told).toEqual(expect.arrayContaining([...scene.acknowledged]));
    expect(new Set(found).size, told).toBe(found.length);
    // what is there beyond that was written, and nothing is missing before it
    expect(new Set(scene.all.slice(0, found.length)), told).toEqual(new Set(found));
  }
});
