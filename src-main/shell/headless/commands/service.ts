import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../base/clock.js';
import type { Config } from '../../../config/config.js';
import { loadConfig } from '../../../config/load.js';
import { prepareDataFolder } from '../../../config/secrets.js';
import { CommandError } from '../command-error.js';
import { requireConfig } from '../find-config.js';
import { call, localTarget } from '../local-server.js';
import { isAlive, runningProcess } from '../pid-file.js';

export interface ServiceOptions {
  readonly config?: readonly string[];
}

/** What `serve` tells the process that started it. */
export type StartNews = { readonly ready: true } | { readonly failed: string };

const LOOK_EVERY = 100;
/** Serving ends within 10 s by itself. */
const STOP_LIMIT = 30_000;
/** What `status` ends with when no server runs, as init scripts have it. */
const NOT_RUNNING = 3;

/** Starts a server in the background; resolves once it answers requests. */
export async function start(options: ServiceOptions): Promise<void> {
  const paths = requireConfig(options.config);
  const config = prepareDataFolder(loadConfig(paths));
  const running = runningIn(config);
  if (running !== undefined)
    throw new CommandError(`Hearth already runs with this configuration (process ${running}).`);
  const child = spawnServer(paths, config);
  const news = await firstNews(child);
  if ('failed' in news) throw new CommandError(news.failed);
  child.disconnect();
  child.unref();
  console.log(`Hearth runs (process ${child.pid}): ${config.serverName}${at(config)}`);
}

/** Ends a server and waits until everything is written and its process is gone. */
export async function stop(options: ServiceOptions): Promise<void> {
  const config = loadConfig(requireConfig(options.config));
  const pid = runningIn(config);
  if (pid === undefined) {
    console.log('Hearth does not run.');
    return;
  }
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new CommandError(`Hearth (process ${pid}) was told to stop and still runs.`);
    await systemClock.sleep(LOOK_EVERY);
  }
  console.log('Hearth has stopped.');
}

export async function restart(options: ServiceOptions): Promise<void> {
  loadConfig(requireConfig(options.config));
  await stop(options);
  await start(options);
}

export async function status(options: ServiceOptions): Promise<void> {
  const config = loadConfig(requireConfig(options.config));
  const pid = runningIn(config);
  if (pid === undefined) {
    console.log(`Hearth does not run: ${config.serverName}`);
    process.exitCode = NOT_RUNNING;
    return;
  }
  const target = localTarget(config);
  const answers =
    target === undefined ||
    (await call(target, 'GET', '/health').then(
      () => true,
      () => false,
    ));
  console.log(
    `Hearth runs (process ${pid})${answers ? '' : ', but does not answer'}: ${config.serverName}${at(config)}`,
  );
}

const runningIn = ({ pidFile }: Config): number | undefined =>
  pidFile === undefined ? undefined : runningProcess(pidFile);

const at = (config: Config): string => {
  const target = localTarget(config);
  return target ? ` at ${target.url}` : '';
};

/** Of its own session, so that it goes on when this terminal is closed; what it says lies beside the log. */
function spawnServer(paths: readonly string[], config: Config): ChildProcess {
  const program = process.argv[1];
  if (program === undefined) throw new CommandError('This program does not know where it lies.');
  const folder = config.log.folder ?? config.dataDir;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const output = openSync(join(folder, 'start.log'), 'w', 0o600);
  const configs = paths.flatMap((path) => ['--config', path]);
  try {
    return spawn(process.execPath, [...process.execArgv, program, 'serve', '--background', ...configs], {
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}

function firstNews(child: ChildProcess): Promise<StartNews> {
  return new Promise((resolve) => {
    child.once('message', (news) => resolve(news as StartNews));
    child.once('error', (error) => resolve({ failed: `Hearth could not start. ${error.message}` }));
    child.once('exit', (code, signal) =>
      resolve({ failed: `Hearth could not start. Its process ended at once (${signal ?? code}).` }),
    );
  });
}
