import { mkdirSync, rmSync } from 'node:fs';
import { systemClock } from '../../base/clock.js';
import { writeFileAtomically } from '../../config/write-file.js';
import { locationsIn } from '../host/locations.js';
import { builtPages, type HostOptions, type OpenHost, openHost } from '../host/open-host.js';
import { type ConsoleServer, openConsole } from './console-server.js';

export interface HeadlessOptions extends HostOptions {
  /** 0 lets the system choose; another is taken when it is in use. Default 8090 */
  readonly consolePort?: number;
}

/** A server without a display, and its console for browsers. */
export interface Headless extends OpenHost {
  readonly console: ConsoleServer;
  /** the console's address with the one-time link that opens it */
  link(): string;
}

const CONSOLE_PORT = 8090;

/**
 * Opens the console on loopback, then starts the server if there is one to start. Resolves once it runs, or has failed:
 * `host.status()` says which. The current one-time link is also in the file `console-link`, for its owner only.
 */
export async function runHeadless(options: HeadlessOptions): Promise<Headless> {
  const { home, consolePort = CONSOLE_PORT, pages = builtPages(), clock = systemClock } = options;
  const locations = locationsIn(home, options.config);
  const open = openHost(options);
  let link = '';
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const console = await openConsole({
    control: open.control,
    pages,
    port: consolePort,
    clock,
    log: open.logging.log.child({ part: 'console' }),
    onLink(next) {
      link = next;
      writeFileAtomically(locations.link, `${next}\n`, 0o600);
    },
  });
  if (open.host.isConfigured) await open.host.start();
  return {
    ...open,
    console,
    link: () => link,
    async close() {
      await console.close();
      rmSync(locations.link, { force: true });
      await open.close();
    },
  };
}
