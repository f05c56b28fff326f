import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import { type Database, type SqlParameter, StorageError, statement } from './database.js';

/** A step from one shape of the database to the next. Never changed once released: another step is added instead. */
export interface Migration {
  /** decides the order; unique */
  readonly version: number;
  readonly name: string;
  /** statements in the words of SQLite: INTEGER, TEXT, BLOB, REAL */
  readonly sql: readonly string[];
  /** it changes rows that are there: the file is copied first */
  readonly rewritesData?: boolean;
  /** programs that do not know it yet can go on with the database after it */
  readonly olderMayUse?: boolean;
}

/** A database before it is one: what migrations need of an engine. */
export interface MigrationTarget {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Names of the tables that are there. */
  tables(): Promise<readonly string[]>;
  /** Runs a statement that may make or alter tables. */
  define(sql: string): Promise<void>;
  all(sql: string, parameters: readonly SqlParameter[]): Promise<unknown[]>;
  run(sql: string, parameters: readonly SqlParameter[]): Promise<number>;
  /** Keeps a copy of everything for the case that `reason` goes wrong; undefined where that is not ours to do. */
  backup(reason: string): Promise<string | undefined>;
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly older_may_use: number;
}

const RECORD = `
  CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    older_may_use INTEGER NOT NULL,
    applied_ts INTEGER NOT NULL
  )`;

/**
 * Brings the database to the shape that this program knows, each step in a transaction of its own.
 *
 * @throws StorageError `refused` when a newer program has changed it in a way that this one does not know, or when it
 *   is another program's
 */
export async function migrate(
  target: MigrationTarget,
  migrations: readonly Migration[],
  deps: { clock: Clock; log: Logger },
): Promise<void> {
  refuseForeign(await target.tables());
  await target.define(RECORD);
  const applied = (await target.all('SELECT version, name, older_may_use FROM migrations', [])) as Applied[];
  refuseNewer(applied, migrations);
  const missing = migrations
    .filter(({ version }) => !applied.some((known) => known.version === version))
    .toSorted((one, other) => one.version - other.version);
  if (applied.length > 0 && missing.some(({ rewritesData }) => rewritesData)) await backUp(target, missing, deps.log);
  for (const migration of missing) await apply(target, migration, deps);
}

/** A database with tables that we did not make is left as it is: mixed, neither program could use it. */
function refuseForeign(tables: readonly string[]): void {
  if (tables.length === 0 || tables.includes('migrations')) return;
  const isSynapse = tables.includes('schema_version') && tables.includes('events');
  throw new StorageError(
    'refused',
    `This database was made by ${isSynapse ? 'Synapse' : 'another program'}, and Hearth cannot go on with it; it was not ` +
      'changed. Choose a new, empty database.',
  );
}

function refuseNewer(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const unknown = applied.filter(({ version }) => !migrations.some((migration) => migration.version === version));
  const blocking = unknown.filter((migration) => migration.older_may_use === 0);
  if (blocking.length === 0) return;
  throw new StorageError(
    'refused',
    'This database was last used by a newer version of Hearth, which changed it in ways that this version does not know ' +
      `(${blocking.map(({ name }) => name).join(', ')}). Start the newer version again, or go back to a backup from before the update.`,
  );
}

async function backUp(target: MigrationTarget, missing: readonly Migration[], log: Logger): Promise<void> {
  const reason = `before-${missing[0]?.name ?? 'update'}`;
  const copy = await target.backup(reason);
  if (copy === undefined) log.warn('the update rewrites data in PostgreSQL, which Hearth does not copy by itself', {});
  else log.info('the database was copied before the update', { copy });
}

async function apply(
  target: MigrationTarget,
  { version, name, sql, olderMayUse }: Migration,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<void> {
  await target.begin();
  try {
    for (const each of sql) await target.define(each);
    await target.run('INSERT INTO migrations (version, name, older_may_use, applied_ts) VALUES (?, ?, ?, ?)', [
      version,
      name,
      olderMayUse ? 1 : 0,
      clock.now(),
    ]);
    await target.commit();
  } catch (error) {
    await target.rollback();
    throw new Error(`the database could not be brought up to date: ${name} failed`, { cause: error });
  }
  log.info('database brought up to date', { version, name });
}

const readMeta = statement<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
const writeMeta = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');

/**
 * Makes this the database of the server `name`, once and for ever: user and room ids in it end in that name.
 *
 * @throws StorageError `refused` when it belongs to a server of another name
 */
export async function claimServerName(db: Database, name: string): Promise<void> {
  const owner = await db.write(async (tx) => {
    const known = await tx.get(readMeta, 'server_name');
    if (!known) await tx.run(writeMeta, 'server_name', name);
    return known?.value ?? name;
  });
  if (owner === name) return;
  throw new StorageError(
    'refused',
    `This database belongs to the server "${owner}", and the configuration says server_name "${name}". ` +
      `A server cannot change its name: set server_name back to "${owner}", or choose a new, empty database.`,
  );
}
