import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { boolParam, intParam } from '../../http/shapes.js';
import { eventId, roomId } from '../../spec/shapes.js';
import type { Relations } from './relations.js';
import type { Threads } from './threads.js';

const PATH = '/_matrix/client/v1/rooms/:roomId/relations/:eventId';
const UNSTABLE = '/_matrix/client/unstable/rooms/:roomId/relations/:eventId';

const relationsEndpoint = (relations: Relations, operation: string, rest: '' | '/:relType' | '/:relType/:eventType') =>
  endpoint({
    spec: `client-server/relations.yaml#${operation}`,
    method: 'GET',
    path: `${PATH}${rest}`,
    aliases: [`${UNSTABLE}${rest}`],
    auth: 'guest',
    params: { roomId, eventId, relType: Type.Optional(Type.String()), eventType: Type.Optional(Type.String()) },
    query: {
      dir: Type.Union([Type.Literal('b'), Type.Literal('f')], { default: 'b' }),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: intParam({ min: 1, max: 500, default: 50 }),
      recurse: boolParam(),
    },
    handle: ({ caller, params, query }) =>
      relations.page(
        params.roomId,
        params.eventId,
        { userId: caller.userId, deviceId: caller.deviceId },
        {
          relType: params.relType,
          eventType: params.eventType,
          direction: query.dir,
          from: query.from,
          to: query.to,
          limit: query.limit,
          recurse: query.recurse,
        },
      ),
  });

export const relationsEndpoints = (relations: Relations, threads: Threads) => [
  relationsEndpoint(relations, 'getRelatingEvents', ''),
  relationsEndpoint(relations, 'getRelatingEventsWithRelType', '/:relType'),
  relationsEndpoint(relations, 'getRelatingEventsWithRelTypeAndEventType', '/:relType/:eventType'),
  endpoint({
    spec: 'client-server/threads_list.yaml#getThreadRoots',
    method: 'GET',
    path: '/_matrix/client/v1/rooms/:roomId/threads',
    aliases: ['/_matrix/client/unstable/org.matrix.msc3856/rooms/:roomId/threads'],
    auth: 'guest',
    params: { roomId },
    query: {
      include: Type.Union([Type.Literal('all'), Type.Literal('participated')], { default: 'all' }),
      from: Type.Optional(Type.String()),
      limit: intParam({ min: 1, max: 100, default: 20 }),
    },
    handle: ({ caller: { userId, deviceId }, params, query: { include, from, limit } }) =>
      threads.page(params.roomId, { userId, deviceId }, { participated: include === 'participated', from, limit }),
  }),
];
