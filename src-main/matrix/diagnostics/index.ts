import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import type { Network } from '../../net/network.js';
import { Outgoing } from '../../net/outgoing.js';
import { ownAddresses } from '../../net/own-addresses.js';
import type { Servers, SigningKeys } from '../servers/index.js';
import { AskServer } from './ask-server.js';
import { Diagnostics } from './diagnosis.js';
import { FindServer } from './find-server.js';
import { reachJob } from './reach/reach.job.js';
import { Reach } from './reach/reach.js';
import type { ReachDeps } from './reach/reach-run.js';
import { ReachServer } from './reach-server.js';

export type { Diagnostics } from './diagnosis.js';
export type { CheckOptions, Reach, ReachReport, ReachStanding } from './reach/reach.js';
export { headline } from './reach/reach.js';
export type { GatewayState } from './reach/reach-run.js';
export type { CauseCode, Diagnosis, Step, StepName, StepState } from './steps.js';
export { REACH_STEPS, WAY_STEPS } from './steps.js';

export interface CreateDiagnosticsDeps {
  readonly config: Pick<Config, 'serverName' | 'federation'>;
  readonly network: Pick<Network, 'dns' | 'toServers' | 'probe'>;
  readonly clock: Clock;
  /** ours, where there are any yet */
  readonly ownKeys: SigningKeys | undefined;
  /** the only servers that are talked to now; what the configuration says unless given */
  readonly allowed?: () => readonly ServerName[] | undefined;
}

/** Why a server cannot be reached. Needs no database, so that it works beside a server that does not run. */
export function createDiagnostics(deps: CreateDiagnosticsDeps): Diagnostics {
  const { config, clock, ownKeys } = deps;
  return new Diagnostics({ config, clock, ...createLooks(deps), ownKeys });
}

/** What looks at single steps. */
function createLooks({ config, network, clock, ...given }: Omit<CreateDiagnosticsDeps, 'ownKeys'>) {
  const { dns, toServers: connections, probe } = network;
  const { federation } = config;
  const outgoing = new Outgoing({ connections, verifyCertificates: federation.verifyCertificates });
  const { allowed = () => federation.domainWhitelist } = given;
  const find = new FindServer({ dns, outgoing, probe, config: federation, allowed });
  return { outgoing, find, reach: new ReachServer({ probe, clock }), ask: new AskServer({ connections, clock }) };
}

export interface CreateReachDeps
  extends Pick<ReachDeps, 'network' | 'clock' | 'listening' | 'partners' | 'gateways'>,
    Partial<Pick<ReachDeps, 'addresses'>> {
  readonly config: ReachDeps['config'] & Pick<Config, 'tls'>;
  readonly servers: Pick<Servers, 'signingKey' | 'requests' | 'loopBack' | 'keyVisits'>;
  readonly log: Logger;
}

/** Whether others can reach this server, looked at now and then by a job, and whenever somebody asks. */
export function createReach(deps: CreateReachDeps) {
  const { servers, clock, config, addresses = ownAddresses } = deps;
  const ownKeys: SigningKeys = [servers.signingKey];
  const reach = new Reach({ ...deps, ...servers, ...createLooks(deps), ownKeys, addresses });
  const surroundings = async () => {
    const changed = await stat(config.tls.certificatePath).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return [...addresses().map(({ address }) => address), changed].join(' ');
  };
  const log = deps.log.child({ part: 'diagnostics' });
  return { reach, jobs: [reachJob({ reach, clock, log, surroundings })] };
}
