import BetterSqlite3 from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { runJobs } from '../../src-main/base/supervisor.js';
import { DatabaseCare } from '../../src-main/maintenance/database-care.js';
import type { DatabaseShrinking } from '../../src-main/maintenance/shrinking.js';
import { type Database, statement } from '../../src-main/storage/database.js';
import { describeEachDatabase, sqliteDatabases } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';

const MB = 1_000_000;
const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const drop = statement<[]>("DELETE FROM meta WHERE key LIKE 'key %'");
const kept = statement<[], { value: string }>("SELECT value FROM meta WHERE key = 'kept'");

const databases = sqliteDatabases();

/** A database with so many megabytes of empty room. */
async function scene(megabytes: number) {
  const clock = new FakeClock();
  const config = await databases.create();
  const db = await databases.open(config);
  await db.write(async (tx) => {
    for (let at = 0; at < megabytes; at += 1) await tx.run(put, `key ${at}`, 'x'.repeat(MB));
    await tx.run(put, 'kept', 'what stays');
  });
  await db.write((tx) => tx.run(drop));
  const path = config.engine === 'sqlite' ? config.path : '';
  return { clock, db, path, care: careOf(db, clock) };
}

const careOf = (db: Database, clock: FakeClock) => new DatabaseCare({ db, clock, log: silentLogger });

it('gives room back while nobody asks for it, and keeps some for what comes next', async () => {
  const { clock, db, care } = await scene(40);
  const running = runJobs([care.job], { clock, log: silentLogger });
  onTestFinished(() => running.stop());
  expect(care.size()?.free).toBeGreaterThan(38 * MB);
  await expect
    .poll(
      async () => {
        clock.advance(60_000);
        return care.size()?.free;
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBeLessThan(20 * MB);
  expect(care.size()?.free).toBeGreaterThan(15 * MB);
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
});

it('writes it anew when somebody wants that, one at a time, and says how it went', async () => {
  const { db, care } = await scene(5);
  const ended = Promise.withResolvers<DatabaseShrinking>();
  const begun = care.shrink(ended.resolve);
  expect(begun).toMatchObject({ state: 'running', after: undefined });
  expect(() => care.shrink(() => undefined)).toThrow('already');
  const { before, after = before } = await ended.promise;
  expect(care.shrinking).toMatchObject({ state: 'done', why: undefined });
  expect(before - after).toBeGreaterThan(4.5 * MB);
  expect(care.size()?.free).toBe(0);
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
});

it('leaves all as it was when it is called off', async () => {
  const { db, care } = await scene(5);
  const { bytes } = care.size() ?? {};
  care.shrink(() => undefined);
  await care.cancel();
  expect(care.shrinking).toMatchObject({ state: 'cancelled', after: undefined });
  expect(care.size()?.bytes).toBe(bytes);
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
});

it('says why it did not work', async () => {
  const { db, path, care } = await scene(1);
  const other = new BetterSqlite3(path);
  other.prepare(kept.sql).all();
  const ended = Promise.withResolvers<DatabaseShrinking>();
  care.shrink(ended.resolve);
  expect(await ended.promise).toMatchObject({ state: 'failed', why: 'in-use' });
  other.close();
  expect(await db.get(kept)).toEqual({ value: 'what stays' });
});

describeEachDatabase('the care for a database', (engines) => {
  it('is left to a database server where there is one', async () => {
    const care = careOf(await engines.open(), new FakeClock());
    const isServer = engines.engine === 'postgres';
    expect(care.size() === undefined).toBe(isServer);
    if (isServer) expect(() => care.shrink(() => undefined)).toThrow('database server');
  });
});
