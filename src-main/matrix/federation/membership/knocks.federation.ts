import { endpoint } from '../../../http/endpoint.js';
import { listParam } from '../../../http/shapes.js';
import { eventId, jsonObject, roomId, userId } from '../../../spec/shapes.js';
import type { RoomReader } from '../../events/index.js';
import type { MakeMembership } from './make-membership.js';
import type { SendMembership } from './send-membership.js';
import { shownState } from './shown-state.js';

const V1 = '/_matrix/federation/v1';

interface Services {
  readonly make: MakeMembership;
  readonly send: SendMembership;
  readonly reader: RoomReader;
}

/** Users of other servers ask to be let into rooms that this server is in. */
export const knockEndpoints = ({ make, send, reader }: Services) => [
  endpoint({
    spec: 'server-server/knocks.yaml#makeKnock',
    method: 'GET',
    path: `${V1}/make_knock/:roomId/:userId`,
    auth: 'server',
    params: { roomId, userId },
    query: { ver: listParam() },
    handle: ({ caller, params, query }) =>
      make.make({ ...params, asking: 'knock', origin: caller.server, versions: query.ver }),
  }),
  endpoint({
    spec: 'server-server/knocks.yaml#sendKnock',
    method: 'PUT',
    path: `${V1}/send_knock/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    body: jsonObject,
    async handle({ caller, params, body: event, canonicalNumbers }) {
      await send.take({ ...params, asking: 'knock', origin: caller.server, event, canonicalNumbers });
      return { knock_room_state: await shownState(reader, params.roomId) };
    },
  }),
];
