import { statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { statement } from '../../src-main/storage/database.js';
import type { SqliteDatabase } from '../../src-main/storage/sqlite.js';
import { sqliteDatabases } from '../support/databases.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const count = statement<[], { count: number }>("SELECT COUNT(*) AS count FROM meta WHERE key LIKE 'key %'");

const databases = sqliteDatabases();

async function open(deps: { checkpointPages?: number } = {}) {
  const config = await databases.create();
  if (config.engine !== 'sqlite') throw new Error('this is about SQLite');
  const db = (await databases.open(config, deps)) as SqliteDatabase;
  let written = 0;
  return {
    path: config.path,
    db,
    async write(times: number) {
      for (let i = 0; i < times; i += 1) {
        written += 1;
        const key = `key ${written}`;
        await db.write((tx) => tx.run(put, key, 'x'.repeat(5000)));
      }
    },
  };
}

const walSize = (path: string) => statSync(`${path}-wal`).size;

it.skipIf(process.platform === 'win32')('is readable for its owner only, and so is its WAL', async () => {
  const { path } = await open();
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o077).toBe(0);
});

it('uses the WAL again after a checkpoint, so that it does not grow', async () => {
  const { path, db, write } = await open();
  await write(200);
  await db.checkpoint();
  const size = walSize(path);
  await write(150);
  expect(walSize(path)).toBe(size);
  expect(statSync(path).size).toBeGreaterThan(200 * 5000);
});

it('checkpoints in one thread, which is gone once the database is closed', async () => {
  const threads: Worker[] = [];
  const onWorker = (worker: Worker) => threads.push(worker);
  process.on('worker', onWorker);
  const { db, write } = await open();
  for (let round = 0; round < 3; round += 1) {
    await write(20);
    await db.checkpoint();
  }
  process.off('worker', onWorker);
  expect(threads).toHaveLength(1);
  expect(threads[0]?.threadId).toBeGreaterThan(0);
  await db.close();
  expect(threads[0]?.threadId).toBe(-1);
});

it('checkpoints by itself, and writes go on meanwhile', async () => {
  const { path, db, write } = await open({ checkpointPages: 50 });
  await write(64);
  await expect.poll(async () => (await write(16), statSync(path).size), { timeout: 10_000 }).toBeGreaterThan(64 * 5000);
  await db.durable();
});

it('leaves the WAL as it is while somebody reads from it, and takes it up later', async () => {
  const { path, db, write } = await open();
  await write(50);
  const reader = new BetterSqlite3(path, { readonly: true });
  reader.exec('BEGIN');
  const before = reader.prepare(count.sql).get();
  await write(50);
  await db.checkpoint();
  await write(50);
  expect(reader.prepare(count.sql).get()).toEqual(before);
  const size = walSize(path);
  reader.exec('COMMIT');
  reader.close();
  await db.checkpoint();
  await write(50);
  expect(walSize(path)).toBe(size);
  expect(await db.get(count)).toEqual({ count: 200 });
});

it('waits for another program that writes to the file, without holding up the loop', async () => {
  const { path, db, write } = await open();
  const other = new BetterSqlite3(path);
  other.exec('BEGIN IMMEDIATE');
  const writing = write(1);
  const pause = new Promise((resolve) => setTimeout(() => resolve('still waiting'), 100)); // the lock is held a while
  expect(await Promise.race([writing, pause])).toBe('still waiting');
  other.exec('COMMIT');
  other.close();
  await writing;
  expect(await db.get(count)).toEqual({ count: 1 });
});

it('leaves one file behind when it is closed', async () => {
  const { path, db, write } = await open();
  await write(10);
  await db.close();
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
});
