import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseConfig } from './config.js';
import type { KeyPath } from './document.js';
import type { Notes } from './notes.js';
import type { DatabaseValues } from './schema.js';

type Arguments = Readonly<Record<string, unknown>>;

const SOCKET_FOLDER = '/var/run/postgresql';
const DEFAULT_POOL = 10;
/** Keys of psycopg2's `args` that mean something here, besides the TLS ones. */
const KNOWN = new Set(
  (
    'user password host hostaddr port dbname database dsn cp_min cp_max connect_timeout application_name options ' +
    'keepalives keepalives_idle passfile sslmode sslrootcert sslcert sslkey'
  ).split(' '),
);
/** Keys that make no difference: of Twisted's pool, and fine adjustments of keep-alive. */
const HARMLESS = /^(cp_|keepalives|check_same_thread|timeout$|target_session_attrs$|client_encoding$)/;

/**
 * The database of the file: Synapse's `database`, or the one among `databases` that holds the rest.
 *
 * @param home folder that relative paths start from
 */
export function readDatabase(
  values: { database?: DatabaseValues; databases?: Readonly<Record<string, DatabaseValues>> },
  home: string,
  fallback: DatabaseConfig,
  notes: Notes,
): DatabaseConfig {
  const [name, several] = mainOf(values.databases);
  const chosen = values.database ?? several;
  if (!chosen) return fallback;
  const at: KeyPath = values.database ? ['database'] : ['databases', name];
  if (Object.keys(values.databases ?? {}).length > 1) {
    const sentence = `Several databases are not supported: all is kept in \`${name}\`.`;
    notes.warn(['databases'], sentence);
  }
  const args: Arguments = { ...chosen.args };
  return chosen.name === 'sqlite3'
    ? readSqlite(args, home, fallback, [...at, 'args', 'database'], notes)
    : readPostgres(args, [...at, 'args'], notes);
}

function mainOf(databases: Readonly<Record<string, DatabaseValues>> | undefined): [string, DatabaseValues | undefined] {
  const named = Object.entries(databases ?? {});
  const main = named.find(([, { data_stores }]) => data_stores?.includes('main') ?? true) ?? named[0];
  return main ?? ['', undefined];
}

function readSqlite(
  args: Arguments,
  home: string,
  fallback: DatabaseConfig,
  at: KeyPath,
  notes: Notes,
): DatabaseConfig {
  const { database } = args;
  if (database === undefined) return fallback;
  if (typeof database === 'string' && database !== '' && database !== ':memory:') {
    return { engine: 'sqlite', path: resolve(home, database) };
  }
  const sentence = 'The database must be the path of a file: this server keeps on disk what it acknowledges.';
  notes.problem(at, sentence);
  return fallback;
}

function readPostgres(args: Arguments, at: KeyPath, notes: Notes): DatabaseConfig {
  for (const key of Object.keys(args)) {
    if (KNOWN.has(key) || HARMLESS.test(key)) continue;
    notes.warn([...at, key], `\`${key}\` is not among the settings of a connection that this server knows.`);
  }
  if (args.port !== undefined && !/^[0-9]{1,5}$/.test(String(args.port))) {
    notes.problem(
      [...at, 'port'],
      `\`port\` must be a whole number from 1 to 65535, not ${JSON.stringify(args.port)}.`,
    );
  }
  const { dsn, host = args.hostaddr ?? socketFolder(), port, user, password, dbname, database } = args;
  const connection = {
    connectionString: dsn,
    host: dsn === undefined ? host : undefined,
    port: port === undefined ? undefined : Number(port),
    user,
    password: password === undefined ? undefined : String(password),
    database: dbname ?? database,
    application_name: args.application_name ?? 'hearth',
    options: args.options,
    connectionTimeoutMillis: args.connect_timeout === undefined ? undefined : Number(args.connect_timeout) * 1000,
    keepAlive: args.keepalives === undefined ? undefined : Number(args.keepalives) !== 0,
    ssl: readTls(args, at, notes),
  };
  const given = Object.entries(connection).filter(([, value]) => value !== undefined);
  const poolSize = typeof args.cp_max === 'number' && args.cp_max > 0 ? args.cp_max : DEFAULT_POOL;
  return { engine: 'postgres', connection: Object.fromEntries(given), poolSize };
}

/** PostgreSQL's own clients go to the local socket when no host is named. */
const socketFolder = (): string | undefined => (existsSync(SOCKET_FOLDER) ? SOCKET_FOLDER : undefined);

/** libpq's `sslmode` in the words of Node's TLS. `prefer` and `allow` go without, as they do where the server has none. */
function readTls(args: Arguments, at: KeyPath, notes: Notes): unknown {
  const mode = args.sslmode ?? 'prefer';
  const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
  if (typeof mode !== 'string' || !modes.includes(mode)) {
    notes.problem([...at, 'sslmode'], `\`sslmode\` must be one of ${modes.join(', ')}.`);
    return undefined;
  }
  if (['disable', 'allow', 'prefer'].includes(mode)) return undefined;
  const pem = (key: string) => readPem(args[key], [...at, key], notes);
  const files = { ca: pem('sslrootcert'), cert: pem('sslcert'), key: pem('sslkey') };
  if (mode === 'require' && files.ca === undefined) return { ...files, rejectUnauthorized: false };
  return mode === 'verify-full' ? files : { ...files, checkServerIdentity: () => undefined };
}

function readPem(file: unknown, at: KeyPath, notes: Notes): string | undefined {
  if (typeof file !== 'string' || file === 'system') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    notes.problem(at, `The file ${file} cannot be read.`);
    return undefined;
  }
}
