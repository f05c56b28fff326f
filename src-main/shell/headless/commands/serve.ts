import type { Config } from '../../../config/config.js';
import { loadConfig } from '../../../config/load.js';
import { StreamSink } from '../../../logging/stream-sink.js';
import { hearthHome } from '../../host/locations.js';
import { CommandError, describeFailure } from '../command-error.js';
import { findConfig } from '../find-config.js';
import { claimPidFile } from '../pid-file.js';
import { type Headless, runHeadless } from '../run.js';
import type { StartNews } from './service.js';

export interface ServeOptions {
  readonly config?: readonly string[];
  readonly consolePort?: number;
  /** started by `hearth start`: says nothing on its outputs, and tells its parent how the start went */
  readonly background?: boolean;
}

/** Draining takes 9 s at most; who still holds the process after this is left behind. */
const STOP_LIMIT = 10_000;

/** Serves until SIGINT or SIGTERM. Without a configuration, the console with the wizard is all that listens. */
export async function serve(options: ServeOptions): Promise<void> {
  try {
    await serveUntilStopped(options);
  } catch (error) {
    tellParent({ failed: describeFailure(error) });
    throw error;
  }
}

async function serveUntilStopped(options: ServeOptions): Promise<void> {
  const paths = findConfig(options.config);
  const config = paths && loadConfig(paths);
  const place = new ProcessPlace();
  if (config) place.claim(config);
  try {
    const headless = await runHeadless({
      home: config?.dataDir ?? hearthHome(),
      configs: paths,
      consolePort: options.consolePort,
      sinks: options.background ? [] : [new StreamSink(process.stdout)],
    });
    if (!config) claimOnceSetUp(headless, place);
    await settle(headless, config);
    sayWhere(headless, config, options);
    tellParent({ ready: true });
    await untilStopped(headless);
  } finally {
    place.release();
  }
}

/** The file that names this process as the one that serves a configuration: held once at most. */
class ProcessPlace {
  #release: (() => void) | undefined;

  /** @throws CommandError when another process has it */
  claim({ pidFile }: Config): void {
    if (pidFile !== undefined) this.#release ??= claimPidFile(pidFile);
  }

  release(): void {
    this.#release?.();
  }
}

/** The wizard makes the configuration that says where the process file is. */
function claimOnceSetUp({ control, host, logging }: Headless, place: ProcessPlace): void {
  control.subscribe((event) => {
    if (event !== 'server.changed' || !host.isConfigured) return;
    try {
      place.claim(loadConfig([host.configPath]));
    } catch (error) {
      logging.log.warn('the process file could not be written', { error });
    }
  });
}

/** A server with a configuration that did not start ends the program; the wizard stays for who sets one up. */
async function settle(headless: Headless, config: Config | undefined): Promise<void> {
  const { state, problem } = await headless.host.status();
  if (!config || state !== 'failed') return;
  await headless.close();
  throw new CommandError(`Hearth could not start. ${problem?.message ?? ''}`);
}

function sayWhere(headless: Headless, config: Config | undefined, { background }: ServeOptions): void {
  if (background || (config && !process.stdout.isTTY)) return;
  console.log(config ? `Console: ${headless.link()}` : `Hearth is not set up yet. Open ${headless.link()}`);
}

/** Resolves once the server has stopped. */
function untilStopped(headless: Headless): Promise<void> {
  const { log } = headless.logging;
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const stop = (why: string, error?: unknown) => {
      if (isStopping) return;
      isStopping = true;
      if (error === undefined) log.info('stopping', { why });
      else log.error('stopping', { why, error });
      setTimeout(() => process.exit(1), STOP_LIMIT).unref();
      const ended = () => (error === undefined ? resolve() : reject(error));
      headless.close().then(ended, reject);
    };
    process.on('SIGINT', () => stop('SIGINT'));
    process.on('SIGTERM', () => stop('SIGTERM'));
    process.on('SIGHUP', () => (process.stdout.isTTY ? stop('SIGHUP') : undefined));
    process.on('uncaughtException', (error) => stop('an error that nobody caught', error));
    process.on('unhandledRejection', (error) => stop('an error that nobody caught', error));
  });
}

function tellParent(news: StartNews): void {
  if (process.connected) process.send?.(news);
}
