import { PRODUCT, VERSION } from '../../base/version.js';
import { endpoint } from '../../http/endpoint.js';

/** What this server is. */
export const serverAboutEndpoints = () => [
  endpoint({
    spec: 'server-server/version.yaml#getVersion',
    method: 'GET',
    path: '/_matrix/federation/v1/version',
    auth: 'none',
    handle: async () => ({ server: { name: PRODUCT, version: VERSION } }),
  }),
];
