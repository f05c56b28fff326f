import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { roomId } from '../../../spec/shapes.js';
import type { EventByTime } from './event-by-time.js';

export const eventByTimeEndpoints = (finder: EventByTime) => [
  endpoint({
    spec: 'client-server/room_event_by_timestamp.yaml#getEventByTimestamp',
    method: 'GET',
    path: '/_matrix/client/v1/rooms/:roomId/timestamp_to_event',
    aliases: ['/_matrix/client/unstable/org.matrix.msc3030/rooms/:roomId/timestamp_to_event'],
    auth: 'guest',
    params: { roomId },
    query: { ts: Type.Integer({ minimum: 0 }), dir: Type.Union([Type.Literal('f'), Type.Literal('b')]) },
    async handle({ caller, params, query }) {
      const event = await finder.find(params.roomId, caller.userId, query.ts, query.dir);
      return { event_id: event.eventId, origin_server_ts: event.originServerTs };
    },
  }),
];
