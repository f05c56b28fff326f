import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe } from 'vitest';
import type { DatabaseConfig } from '../../src-main/config/config.js';
import type { Database } from '../../src-main/storage/database.js';
import type { PostgresDeps } from '../../src-main/storage/postgres.js';
import type { SqliteDeps } from '../../src-main/storage/sqlite.js';
import { administer, createPostgresDatabase, openTestDatabase } from './new-database.js';
import { whyNoPostgres } from './postgres-server.js';

/** One engine under test: gives out new databases, and removes them at the end of the test file. */
export interface TestDatabases {
  readonly engine: Database['engine'];
  /** A new, empty database, for `startHomeserver({ database })`. */
  create(): Promise<DatabaseConfig>;
  /** Opens a database, a new one unless said; closed at the end of the test. */
  open(config?: DatabaseConfig, deps?: Partial<SqliteDeps & PostgresDeps>): Promise<Database>;
}

/**
 * The same tests on SQLite and on PostgreSQL:
 *
 *     describeEachDatabase('receipts', (databases) => {
 *       it('...', async () => {
 *         const db = await databases.open();
 *
 * `HEARTH_TEST_POSTGRES=off` leaves PostgreSQL out, for quick rounds by hand.
 */
export function describeEachDatabase(name: string, tests: (databases: TestDatabases) => void): void {
  describe(`${name} (SQLite)`, () => tests(sqliteDatabases()));
  const missing = process.env.HEARTH_TEST_POSTGRES === 'off' ? 'HEARTH_TEST_POSTGRES is off' : whyNoPostgres();
  if (missing === undefined) describe(`${name} (PostgreSQL)`, () => tests(postgresDatabases()));
  else describe.skip(`${name} (PostgreSQL: left out, ${missing})`, () => tests(sqliteDatabases()));
}

export function sqliteDatabases(): TestDatabases {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return withOpen('sqlite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'));
    folders.push(folder);
    return { engine: 'sqlite', path: join(folder, 'hearth.db') };
  });
}

export function postgresDatabases(): TestDatabases {
  const names: string[] = [];
  afterAll(async () => {
    for (const name of names) await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return withOpen('postgres', async () => {
    const config = await createPostgresDatabase();
    names.push(config.connection.database);
    return config;
  });
}

function withOpen(engine: Database['engine'], create: () => Promise<DatabaseConfig>): TestDatabases {
  const opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((db) => db.close()));
  });
  return {
    engine,
    create,
    async open(config, deps) {
      const db = await openTestDatabase(config ?? (await create()), deps);
      opened.push(db);
      return db;
    },
  };
}
