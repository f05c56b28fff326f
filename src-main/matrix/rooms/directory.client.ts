import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { intParam } from '../../http/shapes.js';
import { invalidParam, MatrixError, missingParam } from '../../spec/errors.js';
import type { ServerName } from '../../spec/ids.js';
import { isServerName } from '../../spec/server-name.js';
import { roomAlias, roomId } from '../../spec/shapes.js';
import type { Directory } from './directory.js';
import type { RemotePublicRooms } from './elsewhere/remote-public-rooms.js';
import type { PublicRooms } from './public-rooms.js';

const ALIAS = '/_matrix/client/v3/directory/room/:roomAlias';
const LISTED = '/_matrix/client/v3/directory/list/room/:roomId';
const PUBLIC_ROOMS = '/_matrix/client/v3/publicRooms';
const LARGEST_PAGE = 500;

const askerOf = ({ userId, isAdmin }: UserCaller) => ({ userId, isAdmin });

export const directoryEndpoints = (directory: Directory) => [
  endpoint({
    spec: 'client-server/directory.yaml#getRoomIdByAlias',
    method: 'GET',
    path: ALIAS,
    r0: true,
    auth: 'none',
    params: { roomAlias },
    async handle({ params }) {
      const { roomId, servers } = await directory.resolve(params.roomAlias);
      return { room_id: roomId, servers };
    },
  }),
  endpoint({
    spec: 'client-server/directory.yaml#setRoomAlias',
    method: 'PUT',
    path: ALIAS,
    r0: true,
    auth: 'user',
    denySuspended: true,
    params: { roomAlias },
    body: Type.Object({ room_id: roomId }),
    async handle({ caller, params, body }) {
      await directory.add(params.roomAlias, body.room_id, askerOf(caller));
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/directory.yaml#deleteRoomAlias',
    method: 'DELETE',
    path: ALIAS,
    r0: true,
    auth: 'user',
    params: { roomAlias },
    async handle({ caller, params }) {
      await directory.remove(params.roomAlias, askerOf(caller));
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/directory.yaml#getLocalAliases',
    method: 'GET',
    path: '/_matrix/client/v3/rooms/:roomId/aliases',
    r0: true,
    auth: 'user',
    params: { roomId },
    handle: async ({ caller, params }) => ({ aliases: await directory.ofRoom(params.roomId, caller.userId) }),
  }),
  endpoint({
    spec: 'client-server/list_public_rooms.yaml#getRoomVisibilityOnDirectory',
    method: 'GET',
    path: LISTED,
    r0: true,
    auth: 'none',
    params: { roomId },
    handle: async ({ params }) => ({
      visibility: (await directory.isPublished(params.roomId)) ? 'public' : 'private',
    }),
  }),
  endpoint({
    spec: 'client-server/list_public_rooms.yaml#setRoomVisibilityOnDirectory',
    method: 'PUT',
    path: LISTED,
    r0: true,
    auth: 'user',
    denySuspended: true,
    params: { roomId },
    body: Type.Object({ visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])) }),
    bodyOptional: true,
    async handle({ caller, params, body }) {
      await directory.setPublished(params.roomId, body.visibility !== 'private', askerOf(caller));
      return {};
    },
  }),
];

interface PublicRoomsConfig {
  readonly serverName: ServerName;
  readonly openToAll: boolean;
  /** false: nobody here sees the directories of other servers either */
  readonly hasDirectory: boolean;
  /** the rooms of other servers */
  readonly remote: RemotePublicRooms;
}

/** The server whose rooms are wanted, when it is another one. @throws MatrixError M_INVALID_PARAM */
function otherServer(server: string | undefined, serverName: ServerName): ServerName | undefined {
  if (server === undefined || server === serverName) return undefined;
  if (!isServerName(server)) throw invalidParam('server must be the name of a server');
  return server;
}

const NO_NETWORKS = { includeAll: false, thirdPartyInstance: undefined };

export const publicRoomsEndpoints = (rooms: PublicRooms, config: PublicRoomsConfig) => [
  endpoint({
    spec: 'client-server/list_public_rooms.yaml#getPublicRooms',
    method: 'GET',
    path: PUBLIC_ROOMS,
    r0: true,
    auth: 'optional',
    query: {
      limit: intParam({ min: 0, max: LARGEST_PAGE, default: 100 }),
      since: Type.Optional(Type.String()),
      server: Type.Optional(Type.String()),
    },
    async handle({ caller, query }) {
      if (!caller && !config.openToAll) throw new MatrixError(401, 'M_MISSING_TOKEN', 'sign in to see the rooms here');
      const server = otherServer(query.server, config.serverName);
      const limit = query.limit || 100;
      const page = { limit, since: query.since, searchTerm: undefined, roomTypes: undefined };
      if (server === undefined || !config.hasDirectory) return rooms.page(page);
      // Nobody without an account makes this server ask others.
      if (!caller) throw new MatrixError(401, 'M_MISSING_TOKEN', 'sign in to see the rooms of other servers');
      return config.remote.page(server, page, NO_NETWORKS);
    },
  }),
  endpoint({
    spec: 'client-server/list_public_rooms.yaml#queryPublicRooms',
    method: 'POST',
    path: PUBLIC_ROOMS,
    r0: true,
    auth: 'guest',
    query: { server: Type.Optional(Type.String()) },
    body: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      since: Type.Optional(Type.String()),
      filter: Type.Optional(
        Type.Object({
          generic_search_term: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          room_types: Type.Optional(
            Type.Union([Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: 100 }), Type.Null()]),
          ),
        }),
      ),
      include_all_networks: Type.Optional(Type.Boolean()),
      third_party_instance_id: Type.Optional(Type.String()),
    }),
    async handle({ query, body }) {
      const server = otherServer(query.server, config.serverName);
      if (body.include_all_networks && body.third_party_instance_id !== undefined) {
        throw missingParam('third_party_instance_id means one network, include_all_networks all of them');
      }
      const page = {
        limit: Math.min(body.limit || 100, LARGEST_PAGE),
        since: body.since,
        searchTerm: body.filter?.generic_search_term ?? undefined,
        roomTypes: body.filter?.room_types ?? undefined,
      };
      if (server === undefined || !config.hasDirectory) return rooms.page(page);
      const { include_all_networks: includeAll = false, third_party_instance_id: thirdPartyInstance } = body;
      return config.remote.page(server, page, { includeAll, thirdPartyInstance });
    },
  }),
];
