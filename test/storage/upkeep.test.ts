import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { statement } from '../../src-main/storage/database.js';
import { SqliteConnection } from '../../src-main/storage/sqlite-connection.js';
import type { SqliteDatabase } from '../../src-main/storage/sqlite.js';
import { openTestDatabase } from '../support/new-database.js';
import { describeEachDatabase, sqliteDatabases } from '../support/databases.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const drop = statement<[]>("DELETE FROM meta WHERE key LIKE 'key %'");
const count = statement<[], { count: number }>("SELECT COUNT(*) AS count FROM meta WHERE key LIKE 'key %'");
const kept = statement<[], { value: string }>("SELECT value FROM meta WHERE key = 'kept'");

const databases = sqliteDatabases();
const never = new AbortController().signal;
const nobody = () => undefined;

/** @param isOld made by a program that did not let files give room back */
async function open({ isOld = false } = {}) {
  const config = await databases.create();
  if (config.engine !== 'sqlite') throw new Error('this is about SQLite');
  if (isOld) {
    const before = await openTestDatabase(config);
    await before.close();
    const raw = new BetterSqlite3(config.path);
    raw.pragma('journal_mode = DELETE');
    raw.exec('PRAGMA auto_vacuum = NONE; VACUUM');
    raw.close();
  }
  const db = (await databases.open(config)) as SqliteDatabase;
  return { path: config.path, db };
}

/** Four megabytes that come and go, and one row that stays. */
async function fillAndEmpty(db: SqliteDatabase): Promise<void> {
  await db.write(async (tx) => {
    for (let i = 0; i < 800; i += 1) await tx.run(put, `key ${i}`, 'x'.repeat(5000));
    await tx.run(put, 'kept', 'what stays');
  });
  await db.write((tx) => tx.run(drop));
  await db.checkpoint();
}

const leftovers = (path: string) => readdirSync(dirname(path)).filter((name) => name.includes('.smaller-'));

function integrity(path: string): unknown {
  const raw = new BetterSqlite3(path, { readonly: true });
  const found = raw.pragma('integrity_check', { simple: true });
  raw.close();
  return found;
}

it('gives room back to the disk a little at a time', async () => {
  const { path, db } = await open();
  await fillAndEmpty(db);
  const full = db.upkeep.size();
  expect(full).toMatchObject({ givesBack: true });
  expect(full.free).toBeGreaterThan(3_000_000);
  const before = statSync(path).size;

  expect(await db.upkeep.giveBack(100)).toBe(100);
  expect(full.free - db.upkeep.size().free).toBeGreaterThanOrEqual(100 * 4096);
  while ((await db.upkeep.giveBack(200)) > 0) await db.checkpoint();
  await db.checkpoint();
  expect(db.upkeep.size().free).toBe(0);
  expect(statSync(path).size).toBeLessThan(before - 3_000_000);
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
  await db.close();
  expect(integrity(path)).toBe('ok');
});

it('leaves a file as it is that was made without that, until it is written anew', async () => {
  const { path, db } = await open({ isOld: true });
  await fillAndEmpty(db);
  expect(db.upkeep.size().givesBack).toBe(false);
  expect(await db.upkeep.giveBack(100)).toBe(0);
  const before = statSync(path).size;

  await db.upkeep.shrink(never, nobody);
  expect(db.upkeep.size()).toMatchObject({ free: 0, givesBack: true });
  expect(statSync(path).size).toBeLessThan(before - 3_000_000);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(leftovers(path)).toEqual([]);
  await db.write((tx) => tx.run(put, 'key after', 'written after'));
  await db.durable();
  expect(await db.get(count)).toEqual({ count: 1 });
  expect(await db.aside.get(kept)).toEqual({ value: 'what stays' });
  await db.checkpoint();
  await db.close();
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
  expect(integrity(path)).toBe('ok');

  const again = await databases.open({ engine: 'sqlite', path });
  expect(await again.get(count)).toEqual({ count: 1 });
});

it('is read meanwhile, and what is written waits and is kept', async () => {
  const { db } = await open({ isOld: true });
  await fillAndEmpty(db);
  const shrinking = db.upkeep.shrink(never, nobody);
  const writing = Promise.all(
    Array.from({ length: 20 }, (_, i) => db.write((tx) => tx.run(put, `key m${i}`, 'meanwhile'))),
  );
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
  await shrinking;
  await writing;
  await db.durable();
  expect(await db.get(count)).toEqual({ count: 20 });
});

it('goes on with the old file when it is called off, and can be begun again', async () => {
  const { path, db } = await open({ isOld: true });
  await fillAndEmpty(db);
  const stop = new AbortController();
  const shrinking = db.upkeep.shrink(stop.signal, nobody);
  const writing = db.write((tx) => tx.run(put, 'key waits', 'waits'));
  stop.abort(new Error('called off'));
  await expect(shrinking).rejects.toThrow('called off');
  await writing;
  expect(await db.get(count)).toEqual({ count: 1 });
  expect(db.upkeep.size().givesBack).toBe(false);
  await db.upkeep.shrink(never, nobody);
  expect(leftovers(path)).toEqual([]);
  expect(await db.get(count)).toEqual({ count: 1 });
});

it('leaves all as it was when the database is closed meanwhile', async () => {
  const { path, db } = await open({ isOld: true });
  await fillAndEmpty(db);
  const shrinking = db.upkeep.shrink(never, nobody);
  await Promise.all([expect(shrinking).rejects.toMatchObject({ kind: 'unavailable' }), db.close()]);
  expect(integrity(path)).toBe('ok');
  const again = (await databases.open({ engine: 'sqlite', path })) as SqliteDatabase;
  expect(again.upkeep.size().givesBack).toBe(false);
  expect(await again.get(kept)).toEqual({ value: 'what stays' });
});

it('does not replace the file under another program', async () => {
  const { path, db } = await open({ isOld: true });
  await fillAndEmpty(db);
  const other = new BetterSqlite3(path);
  other.prepare(count.sql).all();
  await expect(db.upkeep.shrink(never, nobody)).rejects.toMatchObject({ reason: 'in-use' });
  other.close();
  await db.write((tx) => tx.run(put, 'key after', 'written after'));
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
  expect(db.upkeep.size().givesBack).toBe(false);
  expect(leftovers(path)).toEqual([]);
});

it('does one thing of the kind at a time, and what somebody wants before the rest', async () => {
  const { db } = await open({ isOld: true });
  const check = db.upkeep.check(never);
  await expect(db.upkeep.giveBack(1)).rejects.toMatchObject({ reason: 'busy' });
  const shrinking = db.upkeep.shrink(never, nobody);
  expect(await check).toEqual([]);
  await expect(db.upkeep.check(never)).rejects.toMatchObject({ reason: 'busy' });
  await expect(db.upkeep.shrink(never, nobody)).rejects.toMatchObject({ reason: 'busy' });
  await shrinking;
  expect(db.upkeep.size().givesBack).toBe(true);
  expect(await db.upkeep.giveBack(1)).toBe(0);
});

it('can be called off while it waits for its turn', async () => {
  const { db } = await open({ isOld: true });
  const check = db.upkeep.check(never);
  const stop = new AbortController();
  const shrinking = db.upkeep.shrink(stop.signal, nobody);
  stop.abort(new Error('called off'));
  await expect(shrinking).rejects.toThrow('called off');
  expect(await check).toEqual([]);
  expect(db.upkeep.size().givesBack).toBe(false);
});

it('finds a damaged file damaged, and a sound one sound', async () => {
  const { path, db } = await open();
  await db.write(async (tx) => {
    for (let i = 0; i < 200; i += 1) await tx.run(put, `key ${i}`, 'y'.repeat(900));
  });
  await db.checkpoint();
  expect(await db.upkeep.check(never)).toEqual([]);
  const raw = new BetterSqlite3(path, { unsafe: true } as BetterSqlite3.Options);
  raw.unsafeMode(true);
  raw.pragma('writable_schema = ON');
  raw.exec("UPDATE sqlite_schema SET rootpage = rootpage + 1 WHERE name = 'meta'");
  raw.close();
  expect((await db.upkeep.check(never).catch((error: unknown) => [String(error)])).length).toBeGreaterThan(0);
});

it('asks aside what was asked while the file was exchanged', async () => {
  const { db } = await open({ isOld: true });
  await fillAndEmpty(db);
  const shrinking = db.upkeep.shrink(never, nobody);
  const asked: Promise<unknown>[] = [];
  const timer = setInterval(() => asked.push(db.aside.get(kept)), 1);
  await shrinking;
  clearInterval(timer);
  const answers = await Promise.all(asked);
  expect(answers.length).toBeGreaterThan(0);
  expect(new Set(answers.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"value":"what stays"}']));
});

it('opens a file again without writing to it', async () => {
  const { path, db } = await open();
  await db.close();
  const raw = new BetterSqlite3(path);
  const version = raw.pragma('data_version', { simple: true });
  new SqliteConnection(path, 'writer').close();
  expect(raw.pragma('data_version', { simple: true })).toBe(version);
  raw.close();
});

describeEachDatabase('upkeep', (engines) => {
  it('is the business of the house only where the database is a file of its own', async () => {
    const db = await engines.open();
    expect(db.upkeep === undefined).toBe(engines.engine === 'postgres');
  });
});
