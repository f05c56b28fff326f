import { endpoint } from '../../http/endpoint.js';
import type { ThirdPartyIds } from './third-party-ids.js';

export const thirdPartyIdEndpoints = (thirdPartyIds: ThirdPartyIds) => [
  endpoint({
    spec: 'client-server/administrative_contact.yaml#getAccount3PIDs',
    method: 'GET',
    path: '/_matrix/client/v3/account/3pid',
    r0: true,
    auth: 'user',
    async handle({ caller }) {
      const ids = await thirdPartyIds.list(caller.userId);
      return {
        threepids: ids.map(({ medium, address, validatedAt, addedAt }) => ({
          medium,
          address,
          validated_at: validatedAt,
          added_at: addedAt,
        })),
      };
    },
  }),
];
