import { endpoint } from '../../../http/endpoint.js';
import { boolParam } from '../../../http/shapes.js';
import { roomId } from '../../../spec/shapes.js';
import type { SharedSpaces } from './shared-spaces.js';

/** Spaces that this server is in, for other servers. */
export const hierarchyFederationEndpoints = (spaces: SharedSpaces) => [
  endpoint({
    spec: 'server-server/space_hierarchy.yaml#getSpaceHierarchy',
    method: 'GET',
    path: '/_matrix/federation/v1/hierarchy/:roomId',
    auth: 'server',
    params: { roomId },
    query: { suggested_only: boolParam() },
    async handle({ caller, params, query }) {
      const { room, children, inaccessible } = await spaces.of(params.roomId, caller.server, query.suggested_only);
      return { room, children, inaccessible_children: inaccessible };
    },
  }),
];
