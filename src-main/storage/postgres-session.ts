import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type SqlParameter, StorageError } from './database.js';
import { toPostgres } from './dialect.js';
import { postgresTypes, toPostgresValue } from './postgres-values.js';

/** Keys as `pg` takes them: host, port, user, password, database, ssl. */
export type PostgresConnection = Readonly<Record<string, unknown>>;

/** The number under which the server's writer locks its database; any, but always the same. */
const LOCK = 0x48656172;
/** ms that a server just killed may take to let go. */
const LOCK_PATIENCE = 3000;
const OLDEST_VERSION = 130_000;
/** Most statements that are kept prepared by name. */
const NAMED_STATEMENTS = 2000;

interface Translated {
  readonly text: string;
  readonly name: string | undefined;
}

const known = new Map<string, Translated>();

function translate(sql: string): Translated {
  const before = known.get(sql);
  if (before) return before;
  const translated = { text: toPostgres(sql), name: known.size < NAMED_STATEMENTS ? `s${known.size}` : undefined };
  if (translated.name !== undefined) known.set(sql, translated);
  return translated;
}

/** What the driver is to run for our SQL. */
export const query = (sql: string, parameters: readonly SqlParameter[]): pg.QueryConfig => ({
  ...translate(sql),
  values: parameters.map(toPostgresValue),
});

const clientConfig = (connection: PostgresConnection): pg.ClientConfig => ({
  ...connection,
  types: postgresTypes,
  application_name: 'hearth',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
});

/** For connections that only read, and could not write. */
export const readerConfig = (connection: PostgresConnection): pg.ClientConfig => ({
  ...clientConfig(connection),
  options: `${connection.options ?? ''} -c default_transaction_read_only=on`,
});

/**
 * Connects, checks that the server is one we can use, and locks the database against other writers.
 *
 * @throws StorageError `refused` when another server writes to the database
 */
export async function connectWriter(connection: PostgresConnection): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(connection));
  client.on('error', () => undefined); // whoever has a statement under way learns it from that
  await client.connect();
  try {
    await checkServer(client);
    await lock(client);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(`
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
      set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)
  `);
  const [found] = rows;
  if (!found || found.version < OLDEST_VERSION) {
    throw new StorageError('refused', 'Hearth needs PostgreSQL 13 or newer.');
  }
  if (found.encoding !== 'UTF8') {
    throw new StorageError(
      'refused',
      `The PostgreSQL database has the encoding ${found.encoding}, and Hearth needs UTF8. Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
}

async function lock(client: pg.Client): Promise<void> {
  const until = performance.now() + LOCK_PATIENCE;
  while (performance.now() < until) {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`);
    if (rows[0]?.locked) return;
    await sleep(100);
  }
  throw new StorageError(
    'refused',
    `Another Hearth is running with the PostgreSQL database "${client.database}". Stop that one first.`,
  );
}
