import type { Caches } from '../base/caches.js';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Config } from '../config/config.js';
import { AddressCheck } from './address-check.js';
import { Connections } from './connections.js';
import type { Dns } from './dns.js';
import { Outgoing, type OutgoingHttp } from './outgoing.js';
import { Probe } from './probe.js';
import { SystemDns } from './system-dns.js';
import { Trust } from './trust.js';

export interface NetworkDeps {
  readonly config: Pick<Config, 'federation' | 'urlPreviews'>;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  /** instead of the system's: tests have their own */
  readonly dns?: Dns | undefined;
}

/** The ways out of the house. */
export interface Network {
  readonly dns: Dns;
  /** to services of strangers, with the authorities of the system */
  readonly outgoing: OutgoingHttp;
  /** to pages that are previewed, which have denied ranges of their own */
  readonly web: OutgoingHttp;
  /** to other homeservers, with the authorities that the configuration names for them */
  readonly toServers: Connections;
  /** the same way, step by step: to find out where it is barred */
  readonly probe: Probe;
  readonly jobs: readonly Job[];
}

type Ranges = Pick<Config['federation'], 'deniedRanges' | 'allowedRanges'>;

/** To one server, or one service. */
const MOST_PER_PLACE = 8;

export function createNetwork({ config, caches, clock, log, dns: given }: NetworkDeps): Network {
  const dns = given ?? new SystemDns({ caches, clock });
  const { federation, urlPreviews } = config;
  const { customCaPaths, minimumTls } = federation;
  const connections = (trust: Trust, { deniedRanges, allowedRanges }: Ranges) =>
    new Connections({ dns, check: new AddressCheck(deniedRanges, allowedRanges), trust, mostPerPlace: MOST_PER_PLACE });
  const publicTrust = new Trust({ authorities: [], minimumTls: '1.2', clock, log });
  const toServices = connections(publicTrust, federation);
  const toWeb = connections(publicTrust, urlPreviews);
  const serverTrust = new Trust({ authorities: customCaPaths, minimumTls, clock, log });
  const toServers = connections(serverTrust, federation);
  const check = new AddressCheck(federation.deniedRanges, federation.allowedRanges);
  const verifyCertificates = !federation.unverifiedServices;
  return {
    dns,
    outgoing: new Outgoing({ connections: toServices, verifyCertificates }),
    web: new Outgoing({ connections: toWeb, verifyCertificates }),
    toServers,
    probe: new Probe({ check, trust: serverTrust }),
    jobs: [toServices.job, toWeb.job, toServers.job],
  };
}
