import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { authData, orNothing } from './auth-data.js';
import type { Deactivations } from './deactivation.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;

export const deactivationEndpoints = ({ deactivations, uia }: { deactivations: Deactivations; uia: Uia }) => [
  endpoint({
    spec: 'client-server/account_deactivation.yaml#deactivateAccount',
    method: 'POST',
    path: '/_matrix/client/v3/account/deactivate',
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    bodyOptional: true,
    body: Type.Object({
      auth: authData,
      erase: Type.Optional(Type.Boolean()),
      id_server: orNothing(Type.String()),
    }),
    async handle({ caller, body }) {
      await uia.require({ caller, operation: 'deactivateAccount', auth: body.auth });
      const { isUnbound } = await deactivations.deactivate(caller.userId, body.erase === true);
      return { id_server_unbind_result: isUnbound ? 'success' : 'no-support' };
    },
  }),
];
