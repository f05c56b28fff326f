import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Config } from '../../config/config.js';
import { KeyAnswer } from './key-answer.js';
import { serverAboutEndpoints } from './server-about.federation.js';
import { signingKeyEndpoints } from './signing-key.federation.js';
import { openSigningKeys } from './signing-key.js';

export type {
  Destination,
  Destinations,
  KeyRing,
  ServerAnswer,
  ServerRequest,
  ServerRequests,
  SignatureCheck,
  SignatureVerdict,
} from './ports.js';
export { RemoteError, type RemoteErrorKind } from './remote-error.js';
export { openSigningKeys, type SigningKeys } from './signing-key.js';

export interface ServersDeps {
  readonly config: Pick<Config, 'serverName' | 'signingKeyPath' | 'oldSigningKeys' | 'signingKeyValidity'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Homeservers, for now our own: its name, the key that it signs with, and what it says of itself. Makes the signing
 * key at the first start.
 *
 * @throws Error with a sentence when the signing key file is unreadable or no key file
 */
export function createServers({ config, clock, log }: ServersDeps) {
  const { serverName, oldSigningKeys: oldKeys, signingKeyValidity: validity } = config;
  const keys = openSigningKeys(config.signingKeyPath, log.child({ part: 'servers' }));
  const answer = new KeyAnswer({ serverName, keys, oldKeys, validity, clock });
  const jobs: readonly Job[] = [];
  return {
    serverName,
    signingKey: keys[0],
    endpoints: [...signingKeyEndpoints(answer), ...serverAboutEndpoints()],
    jobs,
  };
}
