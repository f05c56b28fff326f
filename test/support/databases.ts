import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, describe, inject } from 'vitest';
import { systemClock } from '../../src-main/base/clock.js';
import { silentLogger } from '../../src-main/base/logger.js';
import type { DatabaseConfig } from '../../src-main/config/config.js';
import type { Database } from '../../src-main/storage/database.js';
import type { Migration } from '../../src-main/storage/migrate.js';
import { migrations } from '../../src-main/storage/migrations/index.js';
import { openPostgres, type PostgresDatabase, type PostgresDeps } from '../../src-main/storage/postgres.js';
import { openSqlite, type SqliteDatabase, type SqliteDeps } from '../../src-main/storage/sqlite.js';
import { type PostgresAddress, whyNoPostgres } from './postgres-server.js';

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

/** Opens the database of `config` as the server does, with what a test puts in place of the usual. */
export function openTestDatabase(
  config: DatabaseConfig,
  deps: Partial<SqliteDeps & PostgresDeps> = {},
): Promise<SqliteDatabase | PostgresDatabase> {
  const all = { clock: systemClock, log: silentLogger, migrations, poolSize: 4, ...deps };
  return config.engine === 'sqlite' ? openSqlite(config.path, all) : openPostgres(config.connection, all);
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
    const template = await migratedTemplate();
    const name = `test_${randomBytes(8).toString('hex')}`;
    await administer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    names.push(name);
    return { engine: 'postgres', connection: { ...(await address()), database: name }, poolSize: 4 };
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

let known: Promise<PostgresAddress> | undefined;

const address = (): Promise<PostgresAddress> => {
  known ??= fetch(inject('postgresUrl')).then(async (response) => {
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as PostgresAddress;
  });
  return known;
};

/** Runs statements as the cluster's owner, outside the databases under test. */
export async function administer(...statements: string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ ...(await address()) });
  await client.connect();
  try {
    const results: pg.QueryResult[] = [];
    for (const sql of statements) results.push(await client.query(sql));
    return results;
  } finally {
    await client.end();
  }
}

/** Migrated once for the whole run, whoever comes first; cloning it takes a few ms. */
async function migratedTemplate(): Promise<string> {
  const name = `template_${hashOf(migrations)}`;
  const client = new pg.Client({ ...(await address()) });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await makeTemplate(client, name);
    return name;
  } finally {
    await client.end();
  }
}

async function makeTemplate(client: pg.Client, name: string): Promise<void> {
  const draft = `${name}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`);
  const connection = { ...(await address()), database: draft };
  const db = await openTestDatabase({ engine: 'postgres', connection, poolSize: 1 });
  await db.close();
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
}

const hashOf = (list: readonly Migration[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 16);
