import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { boolParam, intParam } from '../../../http/shapes.js';
import { missingParam, notFound } from '../../../spec/errors.js';
import { eventId, roomId } from '../../../spec/shapes.js';
import type { RoomReader } from '../../events/index.js';
import type { Rooms } from '../../rooms/index.js';
import type { EventStream } from './event-stream.js';
import type { InitialSync } from './initial-sync.js';

const limit = intParam({ min: 0, max: 100, default: 10 });

export const oldSyncEndpoints = (stream: EventStream, initial: InitialSync) => [
  endpoint({
    // With `room_id` it is also `peeking_events.yaml#peekEvents`, which has the same path.
    spec: 'client-server/old_sync.yaml#getEvents',
    method: 'GET',
    path: '/_matrix/client/v3/events',
    aliases: ['/_matrix/client/api/v1/events'],
    r0: true,
    auth: 'guest',
    longPoll: true,
    query: {
      from: Type.Optional(Type.String()),
      timeout: intParam({ min: 0, default: 30_000 }),
      room_id: Type.Optional(roomId),
    },
    handle({ caller: { userId, deviceId, isGuest }, query, signal }) {
      if (isGuest && query.room_id === undefined) throw missingParam('guests must name a room by room_id');
      const { from, timeout, room_id: only } = query;
      return stream.next({ viewer: { userId, deviceId }, from, timeout, roomId: only }, signal);
    },
  }),
  endpoint({
    spec: 'client-server/old_sync.yaml#initialSync',
    method: 'GET',
    path: '/_matrix/client/v3/initialSync',
    aliases: ['/_matrix/client/api/v1/initialSync'],
    r0: true,
    auth: 'user',
    query: { limit, archived: boolParam() },
    handle: ({ caller: { userId, deviceId }, query }) =>
      initial.all({ userId, deviceId }, Math.max(1, query.limit), query.archived),
  }),
  endpoint({
    spec: 'client-server/room_initial_sync.yaml#roomInitialSync',
    method: 'GET',
    path: '/_matrix/client/v3/rooms/:roomId/initialSync',
    aliases: ['/_matrix/client/api/v1/rooms/:roomId/initialSync'],
    r0: true,
    auth: 'guest',
    params: { roomId },
    query: { limit },
    handle: ({ caller: { userId, deviceId }, params, query }) =>
      initial.room(params.roomId, { userId, deviceId }, Math.max(1, query.limit)),
  }),
];

export const oneEventEndpoint = (
  reader: RoomReader,
  { access, clientEvents }: Pick<Rooms, 'access' | 'clientEvents'>,
) =>
  endpoint({
    spec: 'client-server/old_sync.yaml#getOneEvent',
    method: 'GET',
    path: '/_matrix/client/v3/events/:eventId',
    aliases: ['/_matrix/client/api/v1/events/:eventId'],
    r0: true,
    auth: 'user',
    params: { eventId },
    async handle({ caller: { userId, deviceId }, params }) {
      const known = await reader.event(params.eventId);
      if (!known) throw notFound('there is no such event');
      const event = await access.event(known.roomId, params.eventId, userId);
      const [rendered] = await clientEvents.render([event], { userId, deviceId }, { withRoomId: true });
      return rendered;
    },
  });
