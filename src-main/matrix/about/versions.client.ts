import { endpoint, Reply } from '../../http/endpoint.js';
import type { Config } from '../../config/config.js';
import { SPEC_VERSIONS, unstableFeatures } from './promises.js';

/** Asked by every client at every start: whoever is not signed in may keep the answer for a while. */
const FOR_ALL = 'public, max-age=600, s-maxage=3600, stale-while-revalidate=600';

export const versionsEndpoints = (config: Pick<Config, 'rooms' | 'rtcTransports' | 'push'>) => [
  endpoint({
    spec: 'client-server/versions.yaml#getVersions',
    method: 'GET',
    path: '/_matrix/client/versions',
    auth: 'optional',
    async handle({ caller }) {
      const body = { versions: SPEC_VERSIONS, unstable_features: unstableFeatures(config) };
      return new Reply(200, body, { vary: 'Authorization', ...(caller ? {} : { 'cache-control': FOR_ALL }) });
    },
  }),
];
