import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Network } from '../../net/network.js';
import { Outgoing } from '../../net/outgoing.js';
import type { SigningKeys } from '../servers/index.js';
import { AskServer } from './ask-server.js';
import { Diagnostics } from './diagnosis.js';
import { FindServer } from './find-server.js';
import { ReachServer } from './reach-server.js';

export type { Diagnostics } from './diagnosis.js';
export type { CauseCode, Diagnosis, Step, StepName, StepState } from './steps.js';

export interface CreateDiagnosticsDeps {
  readonly config: Pick<Config, 'serverName' | 'federation'>;
  readonly network: Pick<Network, 'dns' | 'toServers' | 'probe'>;
  readonly clock: Clock;
  /** ours, where there are any yet */
  readonly ownKeys: SigningKeys | undefined;
}

/** Why a server cannot be reached. Needs no database, so that it works beside a server that does not run. */
export function createDiagnostics({ config, network, clock, ownKeys }: CreateDiagnosticsDeps): Diagnostics {
  const { dns, toServers: connections, probe } = network;
  const { federation } = config;
  const outgoing = new Outgoing({ connections, verifyCertificates: federation.verifyCertificates });
  const find = new FindServer({ dns, outgoing, probe, config: federation });
  const reach = new ReachServer({ probe, clock });
  return new Diagnostics({ config, clock, find, reach, ask: new AskServer({ connections, clock }), ownKeys });
}
