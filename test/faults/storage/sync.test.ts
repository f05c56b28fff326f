import { renameSync } from 'node:fs';
import { expect, it } from 'vitest';
import { statement } from '../../../src-main/storage/database.js';
import { type SyncFile, syncFile } from '../../../src-main/storage/sqlite-wal.js';
import { sqliteDatabases } from '../../support/databases.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const find = statement<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');

/** Syncs that end when the test says so. */
function heldSyncs() {
  const held: { finish(): void; fail(error: Error): void }[] = [];
  const sync: SyncFile = () => new Promise((resolve, reject) => held.push({ finish: resolve, fail: reject }));
  return { held, sync };
}

const isSettled = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  await new Promise(setImmediate);
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)])) !== pending;
};

const databases = sqliteDatabases();

it('shows a write before its sync, and calls it durable only after', async () => {
  const { held, sync } = heldSyncs();
  const db = await databases.open(undefined, { sync });
  await db.write((tx) => tx.run(put, 'a', '1'));
  expect(await db.get(find, 'a')).toEqual({ value: '1' });
  const durable = db.durable();
  expect(await isSettled(durable)).toBe(false);
  held[0]?.finish();
  await durable;
});

it('serves all who wait with one sync', async () => {
  const { held, sync } = heldSyncs();
  const db = await databases.open(undefined, { sync });
  await Promise.all(['a', 'b', 'c'].map((key) => db.write((tx) => tx.run(put, key, '1'))));
  const waiting = Promise.all([db.durable(), db.durable(), db.durable()]);
  expect(held).toHaveLength(1);
  held[0]?.finish();
  await waiting;
  await db.durable();
  expect(held).toHaveLength(1);
});

it('does not let a sync that had begun vouch for what was committed meanwhile', async () => {
  const { held, sync } = heldSyncs();
  const db = await databases.open(undefined, { sync });
  await db.write((tx) => tx.run(put, 'a', '1'));
  const first = db.durable();
  await db.write((tx) => tx.run(put, 'b', '1'));
  const second = db.durable();
  await db.write((tx) => tx.run(put, 'c', '1'));
  const third = db.durable();
  expect(held).toHaveLength(1);
  held[0]?.finish();
  await first;
  expect(await isSettled(second)).toBe(false);
  expect(held).toHaveLength(2);
  held[1]?.finish();
  await Promise.all([second, third]);
  expect(held).toHaveLength(2);
});

it('promises nothing any more once a sync has failed', async () => {
  const { held, sync } = heldSyncs();
  const db = await databases.open(undefined, { sync });
  await db.write((tx) => tx.run(put, 'a', '1'));
  const waiting = [db.durable(), db.durable()];
  await db.write((tx) => tx.run(put, 'b', '1'));
  waiting.push(db.durable());
  held[0]?.fail(new Error('EIO'));
  const broken = { name: 'StorageError', kind: 'broken' };
  for (const promise of waiting) await expect(promise).rejects.toMatchObject(broken);
  await expect(db.durable()).rejects.toMatchObject(broken);
  await expect(db.write((tx) => tx.run(put, 'c', '1'))).rejects.toMatchObject(broken);
  expect(await db.get(find, 'a')).toEqual({ value: '1' });
});

it('makes durable at the start what an earlier process left unsynced', async () => {
  const config = await databases.create();
  const { sync } = heldSyncs();
  const first = await databases.open(config, { sync });
  await first.write((tx) => tx.run(put, 'a', '1'));
  await first.close();
  let syncs = 0;
  const second = await databases.open(config, { sync: async () => void (syncs += 1) });
  expect(await second.get(find, 'a')).toEqual({ value: '1' });
  await second.durable();
  expect(syncs).toBe(0);
});

it('notices that the file it syncs is no longer the one that is written', async () => {
  const config = await databases.create();
  if (config.engine !== 'sqlite') return;
  const db = await databases.open(config, { sync: syncFile });
  renameSync(`${config.path}-wal`, `${config.path}-elsewhere`);
  const writes = async () => {
    for (let i = 0; i < 100; i += 1) await db.write((tx) => tx.run(put, `key ${i}`, '1'));
  };
  await expect(writes()).rejects.toMatchObject({ kind: 'broken' });
  await expect(db.durable()).rejects.toMatchObject({ kind: 'broken' });
});
