import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { userId } from '../../../spec/shapes.js';
import type { MutualRooms } from './mutual-rooms.js';

export const mutualRoomsEndpoints = (mutual: MutualRooms) => [
  endpoint({
    spec: 'client-server/mutual_rooms.yaml#getMutualRooms',
    method: 'GET',
    path: '/_matrix/client/v1/mutual_rooms',
    auth: 'user',
    query: { user_id: userId, from: Type.Optional(Type.String()) },
    async handle({ caller, query }) {
      const { next, ...page } = await mutual.page(caller.userId, query.user_id, query.from);
      return { ...page, ...(next !== undefined && { next_batch: next }) };
    },
  }),
  endpoint({
    // From before the spec had it, with tokens of other names: what clients call today.
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms',
    auth: 'user',
    query: { user_id: userId, batch_token: Type.Optional(Type.String()) },
    async handle({ caller, query }) {
      const { next, ...page } = await mutual.page(caller.userId, query.user_id, query.batch_token);
      return { ...page, ...(next !== undefined && { next_batch_token: next }) };
    },
  }),
];
