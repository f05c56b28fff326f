import { endpoint } from '../../http/endpoint.js';
import { forbidden } from '../../spec/errors.js';
import { jsonObject, userId } from '../../spec/shapes.js';
import { OPENID_LIFETIME, type OpenId } from './openid.js';

const MOST_BODY = 64 * 1024;

export const openIdEndpoints = (openId: OpenId, serverName: string) => [
  endpoint({
    spec: 'client-server/openid.yaml#requestOpenIdToken',
    method: 'POST',
    path: '/_matrix/client/v3/user/:userId/openid/request_token',
    r0: true,
    auth: 'user',
    params: { userId },
    maxBody: MOST_BODY,
    bodyOptional: true,
    body: jsonObject,
    async handle({ caller, params }) {
      if (caller.userId !== params.userId) throw forbidden('a token can be had for oneself only');
      return {
        access_token: await openId.issue(caller.userId),
        token_type: 'Bearer',
        matrix_server_name: serverName,
        expires_in: OPENID_LIFETIME / 1000,
      };
    },
  }),
];
