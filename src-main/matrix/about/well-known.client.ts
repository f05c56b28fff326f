import type { JsonObject } from '../../base/json.js';
import type { Config } from '../../config/config.js';
import { endpoint } from '../../http/endpoint.js';
import { notFound } from '../../spec/errors.js';
import { clientWellKnown, serverWellKnown, supportWellKnown } from './well-known.js';

export const wellKnownEndpoints = (config: Config) => [
  endpoint({
    spec: 'client-server/wellknown.yaml#getWellknown',
    method: 'GET',
    path: '/.well-known/matrix/client',
    auth: 'none',
    handle: async () => present(clientWellKnown(config)),
  }),
  endpoint({
    spec: 'client-server/support.yaml#getWellknownSupport',
    method: 'GET',
    path: '/.well-known/matrix/support',
    auth: 'none',
    handle: async () => present(supportWellKnown(config)),
  }),
  // Tells the key of servers that judge events for rooms; this one judges none.
  endpoint({
    spec: 'client-server/policy_server.yaml#getWellknownPolicy',
    method: 'GET',
    path: '/.well-known/matrix/policy_server',
    auth: 'none',
    handle: async () => present(undefined),
  }),
  endpoint({
    spec: 'server-server/wellknown.yaml#getWellKnown',
    method: 'GET',
    path: '/.well-known/matrix/server',
    auth: 'none',
    handle: async () => present(serverWellKnown(config)),
  }),
];

function present(facts: JsonObject | undefined): JsonObject {
  if (!facts) throw notFound('this server does not say');
  return facts;
}
