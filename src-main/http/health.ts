import { endpoint, Reply } from './endpoint.js';

/** For load balancers and supervisors; the spec has none, this is Synapse's. */
export const healthEndpoint = endpoint({
  spec: '-',
  method: 'GET',
  path: '/health',
  auth: 'none',
  async handle() {
    return new Reply(200, 'OK', { 'content-type': 'text/plain; charset=utf-8' });
  },
});
