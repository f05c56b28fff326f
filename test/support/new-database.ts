import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { systemClock } from '../../src-main/base/clock.js';
import { silentLogger } from '../../src-main/base/logger.js';
import type { DatabaseConfig } from '../../src-main/config/config.js';
import type { Migration } from '../../src-main/storage/migrate.js';
import { migrations } from '../../src-main/storage/migrations/index.js';
import { openPostgres, type PostgresDatabase, type PostgresDeps } from '../../src-main/storage/postgres.js';
import { openSqlite, type SqliteDatabase, type SqliteDeps } from '../../src-main/storage/sqlite.js';
import type { PostgresAddress } from './postgres-server.js';

/** Set by `global-setup.ts`: who asks there is told where the PostgreSQL of this run is. */
export const POSTGRES_DESK = 'HEARTH_TEST_POSTGRES_DESK';

/**
 * The database of servers that say nothing else: SQLite of their own (undefined), or with
 * `HEARTH_TEST_DATABASE=postgres` a new one in PostgreSQL, so that the whole suite runs on it.
 */
export async function defaultDatabase(): Promise<DatabaseConfig | undefined> {
  return process.env.HEARTH_TEST_DATABASE === 'postgres' ? await createPostgresDatabase() : undefined;
}

/** Opens the database of `config` as the server does, with what a test puts in place of the usual. */
export function openTestDatabase(
  config: DatabaseConfig,
  deps: Partial<SqliteDeps & PostgresDeps> = {},
): Promise<SqliteDatabase | PostgresDatabase> {
  const all = { clock: systemClock, log: silentLogger, migrations, poolSize: 4, ...deps };
  return config.engine === 'sqlite' ? openSqlite(config.path, all) : openPostgres(config.connection, all);
}

/** A new database in PostgreSQL with the tables of the house, a clone of one made before. */
export async function createPostgresDatabase() {
  const template = await migratedTemplate();
  const database = `test_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`);
  return { engine: 'postgres' as const, connection: { ...(await address()), database }, poolSize: 4 };
}

let known: Promise<PostgresAddress> | undefined;

const address = (): Promise<PostgresAddress> => {
  known ??= fetch(process.env[POSTGRES_DESK] ?? 'no desk: this runs outside of the tests').then(async (response) => {
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
