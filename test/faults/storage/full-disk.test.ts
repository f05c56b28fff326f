import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Database, statement } from '../../../src-main/storage/database.js';
import { sqliteDatabases } from '../../support/databases.js';
import { openTestDatabase } from '../../support/new-database.js';
import { mountSmallDisk } from '../../support/small-disk.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');
const keys = statement<[], { key: string }>("SELECT key FROM meta WHERE key LIKE 'key %'");
const pageLimit = (pages: number) => statement<[], unknown>(`PRAGMA max_page_count = ${pages}`);

const BODY = 'x'.repeat(20_000);

interface Outcome {
  readonly key: string;
  readonly error: unknown;
}

/** Many writes at once, acknowledged or refused. */
const writeMany = (db: Database, round: string, count: number): Promise<Outcome[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const key = `key ${round} ${index}`;
      try {
        await db.write((tx) => tx.run(put, key, BODY));
        await db.durable();
        return { key, error: undefined };
      } catch (error) {
        return { key, error };
      }
    }),
  );

/** Fills the disk, makes room again, and checks that nothing that was acknowledged is lost. */
async function outlast(db: Database, makeRoom: () => void | Promise<unknown>): Promise<readonly string[]> {
  const outcomes: Outcome[] = [];
  for (let round = 0; round < 60 && !outcomes.some(({ error }) => error); round += 1) {
    outcomes.push(...(await writeMany(db, `before ${round}`, 8)));
  }
  const refused = outcomes.filter(({ error }) => error);
  expect(refused.length).toBeGreaterThan(0);
  for (const { error } of refused) expect(error).toMatchObject({ name: 'StorageError', kind: 'full' });
  expect(await db.all(keys)).toHaveLength(outcomes.length - refused.length); // still serves

  await makeRoom();
  const after = await writeMany(db, 'after', 8);
  expect(after.filter(({ error }) => error)).toEqual([]);
  const kept = [...outcomes, ...after].filter(({ error }) => !error).map(({ key }) => key);
  expect(new Set((await db.all(keys)).map(({ key }) => key))).toEqual(new Set(kept));
  return kept;
}

async function survives(path: string, kept: readonly string[]): Promise<void> {
  const again = await openTestDatabase({ engine: 'sqlite', path });
  expect(new Set((await again.all(keys)).map(({ key }) => key))).toEqual(new Set(kept));
  await again.close();
  const raw = new BetterSqlite3(path, { readonly: true });
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  raw.close();
}

describe('a database that may not grow', () => {
  const databases = sqliteDatabases();

  it('refuses writes with a clear error, and goes on when it may grow again', async () => {
    const config = await databases.create();
    if (config.engine !== 'sqlite') return;
    const db = await databases.open(config);
    await db.get(pageLimit(400));
    const kept = await outlast(db, () => db.get(pageLimit(1_000_000)));
    await db.close();
    await survives(config.path, kept);
  });
});

const disk = mountSmallDisk(6);

describe.skipIf(disk === undefined)(`a disk that is full${disk ? '' : ' (left out: only root may mount one)'}`, () => {
  it('refuses writes with a clear error, and goes on when there is space again', async () => {
    if (!disk) return;
    const path = join(disk.path, 'hearth.db');
    const ballast = join(disk.path, 'ballast');
    try {
      writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
      const db = await openTestDatabase({ engine: 'sqlite', path }, { checkpointPages: 100 });
      const kept = await outlast(db, () => unlinkSync(ballast));
      await db.close();
      await survives(path, kept);
    } finally {
      disk[Symbol.dispose]();
    }
  });
});
