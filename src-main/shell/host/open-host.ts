import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../../base/clock.js';
import { loadConfig } from '../../config/load.js';
import { createConsoleControl } from '../../control/console-control.js';
import { type Control, ControlEvents } from '../../control/procedure.js';
import type { DiskSpaceOf } from '../../control/setup/folder-check.js';
import type { LogLevel, Sink } from '../../logging/sink.js';
import { HearthHost } from './hearth-host.js';
import type { HostConnectionDeps } from './host-connection.js';
import { announceLines, type HostLogging, openHostLogging } from './host-logging.js';
import { locationsIn } from './locations.js';
import type { PreferredPorts } from './set-up.js';

export interface HostOptions {
  /** folder of this program's own files */
  readonly home: string;
  /** another configuration file than the wizard's */
  readonly config?: string | undefined;
  /** several configuration files, read as one; the console edits the first */
  readonly configs?: readonly string[] | undefined;
  /** wins over the configuration's */
  readonly logLevel?: LogLevel | undefined;
  /** where log lines go beside the console and files */
  readonly sinks?: readonly Sink[];
  readonly ports?: PreferredPorts;
  /** the built pages; beside the program unless said */
  readonly pages?: string;
  readonly diskSpace?: DiskSpaceOf;
  /** instead of what this computer says: tests have their own */
  readonly dns?: HostConnectionDeps['dns'];
  readonly machine?: HostConnectionDeps['machine'];
  /** the system's unless said: tests move theirs */
  readonly clock?: Clock;
}

/** Everything below a shell: the server's owner, the console's way in, and the log. */
export interface OpenHost {
  readonly host: HearthHost;
  readonly control: Control;
  readonly logging: HostLogging;
  close(): Promise<void>;
}

/** `renderer` beside the built program. */
export const builtPages = (): string => join(dirname(fileURLToPath(import.meta.url)), 'renderer');

const PORTS: PreferredPorts = { plain: 8008, tls: 8448 };

/** Puts a host together; starts nothing. */
export function openHost(options: HostOptions): OpenHost {
  const events = new ControlEvents();
  const { clock = systemClock } = options;
  const logging = openHostLogging(options.sinks ?? [], options.logLevel, clock);
  const log = logging.log.child({ part: 'server' });
  const { configs, config = configs?.[0] } = options;
  const locations = locationsIn(options.home, config);
  const host = new HearthHost({
    locations,
    readConfig: () => loadConfig(configs ?? [locations.config]),
    clock,
    log: logging.log,
    logging,
    events,
    ports: options.ports ?? PORTS,
    pages: options.pages ?? builtPages(),
    dns: options.dns,
    spaceOf: options.diskSpace,
    machine: options.machine,
    onConfig: (config) => logging.follow(config),
  });
  const diskSpace = options.diskSpace ? { diskSpace: options.diskSpace } : {};
  const control = createConsoleControl(host, { events, log: log.child({ part: 'console' }), ...diskSpace });
  const silence = announceLines(logging.ring, () => events.announce('logs.changed'));
  return {
    host,
    control,
    logging,
    async close() {
      await host.stop();
      silence();
      await logging.close();
    },
  };
}
