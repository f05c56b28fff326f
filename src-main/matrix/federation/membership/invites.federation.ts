import { Type } from 'typebox';
import { arrayAt, objectAt } from '../../../base/json.js';
import { endpoint, Reply } from '../../../http/endpoint.js';
import { eventId, jsonObject, roomId } from '../../../spec/shapes.js';
import type { IncomingInvites } from './incoming-invites.js';

const shown = Type.Optional(Type.Array(jsonObject));

/** Users of other servers invite users of this one. */
export const inviteEndpoints = (invites: IncomingInvites) => [
  endpoint({
    spec: 'server-server/invites-v2.yaml#sendInviteV2',
    method: 'PUT',
    path: '/_matrix/federation/v2/invite/:roomId/:eventId',
    auth: 'server',
    params: { roomId, eventId },
    body: Type.Object({ room_version: Type.String(), event: jsonObject, invite_room_state: shown }),
    async handle({ caller, params, body, canonicalNumbers }) {
      const { room_version: version, event, invite_room_state: state = [] } = body;
      const brought = { ...params, origin: caller.server, version, event, shown: state, canonicalNumbers };
      return { event: await invites.take(brought) };
    },
  }),
  endpoint({
    spec: 'server-server/invites-v1.yaml#sendInviteV1',
    method: 'PUT',
    path: '/_matrix/federation/v1/invite/:roomId/:eventId',
    auth: 'server',
    params: { roomId, eventId },
    body: jsonObject,
    async handle({ caller, params, body: event, canonicalNumbers }) {
      const state = arrayAt(objectAt(event, 'unsigned'), 'invite_room_state') ?? [];
      const brought = { ...params, origin: caller.server, version: undefined, event, shown: state, canonicalNumbers };
      return new Reply(200, [200, { event: await invites.take(brought) }]);
    },
  }),
];
