import { endpoint, Reply } from '../../../http/endpoint.js';
import { eventId, jsonObject, roomId, userId } from '../../../spec/shapes.js';
import type { MakeMembership } from './make-membership.js';
import type { SendMembership } from './send-membership.js';

const V1 = '/_matrix/federation/v1';
const V2 = '/_matrix/federation/v2';

/** Users of other servers leave rooms that this server is in, and turn its users' invitations down. */
export const leaveEndpoints = (make: MakeMembership, send: SendMembership) => [
  endpoint({
    spec: 'server-server/leaving-v1.yaml#makeLeave',
    method: 'GET',
    path: `${V1}/make_leave/:roomId/:userId`,
    auth: 'server',
    params: { roomId, userId },
    handle: ({ caller, params }) =>
      make.make({ ...params, asking: 'leave', origin: caller.server, versions: undefined }),
  }),
  endpoint({
    spec: 'server-server/leaving-v2.yaml#sendLeaveV2',
    method: 'PUT',
    path: `${V2}/send_leave/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    body: jsonObject,
    async handle({ caller, params, body: event, canonicalNumbers }) {
      await send.take({ ...params, asking: 'leave', origin: caller.server, event, canonicalNumbers });
      return {};
    },
  }),
  endpoint({
    spec: '-',
    method: 'PUT',
    path: `${V1}/send_leave/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    body: jsonObject,
    async handle({ caller, params, body: event, canonicalNumbers }) {
      await send.take({ ...params, asking: 'leave', origin: caller.server, event, canonicalNumbers });
      return new Reply(200, [200, {}]);
    },
  }),
];
