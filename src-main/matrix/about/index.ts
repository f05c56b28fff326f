import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Endpoint } from '../../http/endpoint.js';
import { capabilitiesEndpoints } from './capabilities.client.js';
import { versionsEndpoints } from './versions.client.js';
import { voipEndpoints } from './voip.client.js';
import { wellKnownEndpoints } from './well-known.client.js';

export { clientWellKnown } from './well-known.js';

/** What this server says about itself. */
export function createAbout({ config, clock }: { config: Config; clock: Clock }) {
  const endpoints: Endpoint[] = [
    ...versionsEndpoints,
    ...capabilitiesEndpoints(config),
    ...wellKnownEndpoints(config),
    ...voipEndpoints(config.turn, clock),
  ];
  return { endpoints, jobs: [] };
}
