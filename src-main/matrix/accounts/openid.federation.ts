import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { MatrixError } from '../../spec/errors.js';
import type { OpenId } from './openid.js';

/** Asked without a signature: by call servers and widgets rather than by homeservers. */
export const openIdFederationEndpoints = (openId: OpenId) => [
  endpoint({
    spec: 'server-server/openid.yaml#exchangeOpenIdToken',
    method: 'GET',
    path: '/_matrix/federation/v1/openid/userinfo',
    auth: 'none',
    query: { access_token: Type.Optional(Type.String()) },
    async handle({ query }) {
      if (!query.access_token) throw new MatrixError(401, 'M_MISSING_TOKEN', 'access_token is missing');
      return { sub: await openId.owner(query.access_token) };
    },
  }),
];
