import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { notFound } from '../../spec/errors.js';

const BASE = '/_matrix/client/v3/thirdparty';

/**
 * Networks other than Matrix, which application services bridge to. Without any of these there is no network to know,
 * and nothing is found on any, whatever is asked for.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#third-party-networks
 */
export const thirdPartyNetworkEndpoints = [
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#getProtocols',
    method: 'GET',
    path: `${BASE}/protocols`,
    r0: true,
    auth: 'user',
    handle: async () => ({}),
  }),
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#getProtocolMetadata',
    method: 'GET',
    path: `${BASE}/protocol/:protocol`,
    r0: true,
    auth: 'user',
    async handle() {
      throw notFound('this server knows no such protocol');
    },
  }),
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#queryLocationByProtocol',
    method: 'GET',
    path: `${BASE}/location/:protocol`,
    r0: true,
    auth: 'user',
    handle: async () => [],
  }),
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#queryUserByProtocol',
    method: 'GET',
    path: `${BASE}/user/:protocol`,
    r0: true,
    auth: 'user',
    handle: async () => [],
  }),
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#queryLocationByAlias',
    method: 'GET',
    path: `${BASE}/location`,
    r0: true,
    auth: 'user',
    query: { alias: Type.Optional(Type.String()) },
    handle: async () => [],
  }),
  endpoint({
    spec: 'client-server/third_party_lookup.yaml#queryUserByID',
    method: 'GET',
    path: `${BASE}/user`,
    r0: true,
    auth: 'user',
    query: { userid: Type.Optional(Type.String()) },
    handle: async () => [],
  }),
];
