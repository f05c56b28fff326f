import type { Caches } from '../base/caches.js';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Config } from '../config/config.js';
import { AddressCheck } from './address-check.js';
import { Connections } from './connections.js';
import type { Dns } from './dns.js';
import { Outgoing, type OutgoingHttp } from './outgoing.js';
import { SystemDns } from './system-dns.js';
import { Trust } from './trust.js';

export interface NetworkDeps {
  readonly config: Pick<Config, 'federation'>;
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
  /** to other homeservers, with the authorities that the configuration names for them */
  readonly toServers: Connections;
  readonly jobs: readonly Job[];
}

/** To one server, or one service. */
const MOST_PER_PLACE = 8;

export function createNetwork({ config: { federation }, caches, clock, log, dns: given }: NetworkDeps): Network {
  const dns = given ?? new SystemDns({ caches, clock });
  const check = new AddressCheck(federation.deniedRanges, federation.allowedRanges);
  const { customCaPaths, minimumTls } = federation;
  const connections = (trust: Trust) => new Connections({ dns, check, trust, mostPerPlace: MOST_PER_PLACE });
  const toServices = connections(new Trust({ authorities: [], minimumTls: '1.2', clock, log }));
  const toServers = connections(new Trust({ authorities: customCaPaths, minimumTls, clock, log }));
  return {
    dns,
    outgoing: new Outgoing({ connections: toServices, verifyCertificates: !federation.unverifiedServices }),
    toServers,
    jobs: [toServices.job, toServers.job],
  };
}
