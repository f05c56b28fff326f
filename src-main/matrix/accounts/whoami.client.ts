import { endpoint } from '../../http/endpoint.js';

export const whoamiEndpoints = [
  endpoint({
    spec: 'client-server/whoami.yaml#getTokenOwner',
    method: 'GET',
    path: '/_matrix/client/v3/account/whoami',
    r0: true,
    auth: 'guest',
    async handle({ caller }) {
      return { user_id: caller.userId, device_id: caller.deviceId, is_guest: caller.isGuest };
    },
  }),
];
