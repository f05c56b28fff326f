import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Endpoint } from '../../http/endpoint.js';
import { capabilitiesEndpoints } from './capabilities.client.js';
import { joinEndpoints } from './join.client.js';
import { rtcEndpoints } from './rtc.client.js';
import { versionsEndpoints } from './versions.client.js';
import { voipEndpoints } from './voip.client.js';
import { wellKnownEndpoints } from './well-known.client.js';

export { clientWellKnown, serverWellKnown } from './well-known.js';

export interface AboutDeps {
  readonly config: Config;
  readonly clock: Clock;
  /** the built pages, where there are any */
  readonly pages?: string | undefined;
}

/** What this server says about itself. */
export function createAbout({ config, clock, pages }: AboutDeps) {
  const endpoints: Endpoint[] = [
    ...versionsEndpoints(config),
    ...capabilitiesEndpoints(config),
    ...wellKnownEndpoints(config),
    ...voipEndpoints(config.turn, clock),
    ...rtcEndpoints(config.rtcTransports),
    ...joinEndpoints(config.serverName, pages),
  ];
  return { endpoints, jobs: [] };
}
