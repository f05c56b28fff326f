import { networkInterfaces } from 'node:os';
import { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import { type Logger, silentLogger } from '../../base/logger.js';
import { runJobs } from '../../base/supervisor.js';
import type { Config } from '../../config/config.js';
import { ConnectionDesk, type Machine } from '../../control/connection/connection-desk.js';
import { RecoveryKits } from '../../control/connection/recovery-kit-desk.js';
import type { Homeserver } from '../../homeserver.js';
import type { ListenerAddress } from '../../http/listeners.js';
import type { Dns } from '../../net/dns.js';
import { createNetwork } from '../../net/network.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import { portUse } from '../../net/port-use.js';
import { SystemDns } from '../../net/system-dns.js';
import { clientAddress, freePort } from './addresses.js';
import type { Locations } from './locations.js';
import type { PreferredPorts } from './set-up.js';
import type { SetupMemory } from './setup-memory.js';

export interface HostConnectionDeps {
  readonly locations: Locations;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: PreferredPorts;
  readonly memory: SetupMemory;
  /** instead of the system's: tests have their own */
  readonly dns?: Dns | undefined;
  readonly machine?: Machine | undefined;
  /** undefined while nothing is set up. @throws ConfigError */
  readConfig(): Config | undefined;
  running(): { readonly server: Homeserver; readonly open: readonly ListenerAddress[] } | undefined;
}

/** Few things are remembered, for one look. */
const CACHE_BYTES = 1024 * 1024;
const THIS_MACHINE: Machine = { interfaces: networkInterfaces, portUse };

/** The desk for the server's name and its ways, for a host that may have a server or not. */
export function hostConnection(deps: HostConnectionDeps): ConnectionDesk {
  const { locations, clock, ports, memory, dns, machine = THIS_MACHINE } = deps;
  return new ConnectionDesk({
    configPath: locations.config,
    clock,
    machine,
    kits: new RecoveryKits(locations.kit, clock),
    readConfig: () => deps.readConfig(),
    running() {
      const running = deps.running();
      return (
        running && { config: running.server.config, open: running.open, certificates: running.server.certificates }
      );
    },
    rememberedMode: () => memory.draft().mode,
    rememberMode: (mode) => memory.remember({ ...memory.draft(), mode }),
    async freePorts() {
      const [plainPort, tlsPort] = await Promise.all([freePort(ports.plain), freePort(ports.tls)]);
      return { plainPort, tlsPort };
    },
    kitSaved() {
      const health = deps.running()?.server.health;
      health?.kitSaved().catch((error: unknown) => deps.log.warn('the kit is saved, and was not noted', { error }));
    },
    clientAddress() {
      const running = deps.running();
      return running && clientAddress(running.server.config, running.open);
    },
    dns: () => dns ?? new SystemDns({ caches: new Caches(CACHE_BYTES), clock }),
    withOutgoing: (config, work) => withOutgoing(config, clock, dns, work),
  });
}

/** A way out of its own, so that nothing remembered answers, and a server that is stopped can be looked at too. */
async function withOutgoing<T>(
  config: Config,
  clock: Clock,
  dns: Dns | undefined,
  work: (outgoing: OutgoingHttp) => Promise<T>,
): Promise<T> {
  const base = { config, caches: new Caches(CACHE_BYTES), clock, log: silentLogger };
  const network = createNetwork({ ...base, dns });
  const jobs = runJobs(network.jobs, base);
  try {
    return await work(network.outgoing);
  } finally {
    await jobs.stop();
  }
}
