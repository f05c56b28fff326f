import { endpoint } from '../../../http/endpoint.js';
import { boolParam, intParam } from '../../../http/shapes.js';
import { Type } from 'typebox';
import { roomId } from '../../../spec/shapes.js';
import type { SpaceHierarchy } from './hierarchy.js';

export const hierarchyEndpoints = (hierarchy: SpaceHierarchy) => [
  endpoint({
    spec: 'client-server/space_hierarchy.yaml#getSpaceHierarchy',
    method: 'GET',
    path: '/_matrix/client/v1/rooms/:roomId/hierarchy',
    aliases: ['/_matrix/client/unstable/org.matrix.msc2946/rooms/:roomId/hierarchy'],
    auth: 'guest',
    params: { roomId },
    query: {
      suggested_only: boolParam(),
      limit: intParam({ min: 1, max: 50, default: 50 }),
      max_depth: intParam({ min: 0 }),
      from: Type.Optional(Type.String()),
    },
    handle: ({ caller, params, query }) =>
      hierarchy.page(params.roomId, caller.userId, {
        suggestedOnly: query.suggested_only,
        maxDepth: query.max_depth,
        limit: query.limit,
        from: query.from,
      }),
  }),
];
