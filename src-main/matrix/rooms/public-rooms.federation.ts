import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { boolParam, intParam } from '../../http/shapes.js';
import { forbidden } from '../../spec/errors.js';
import type { PublicRooms } from './public-rooms.js';

const PATH = '/_matrix/federation/v1/publicRooms';
const LARGEST_PAGE = 500;

/** The published rooms of this server, for other servers. */
export const publicRoomsFederationEndpoints = (rooms: PublicRooms, settings: { readonly isOpen: boolean }) => {
  const requireOpen = () => {
    if (!settings.isOpen) throw forbidden('this server shows its rooms to its own users only');
  };
  return [
    endpoint({
      spec: 'server-server/public_rooms.yaml#getPublicRooms',
      method: 'GET',
      path: PATH,
      auth: 'server',
      query: {
        limit: intParam({ min: 0, max: LARGEST_PAGE, default: 0 }),
        since: Type.Optional(Type.String()),
        include_all_networks: boolParam(),
        third_party_instance_id: Type.Optional(Type.String()),
      },
      async handle({ query }) {
        requireOpen();
        const limit = query.limit || LARGEST_PAGE;
        return rooms.page({ limit, since: query.since, searchTerm: undefined, roomTypes: undefined });
      },
    }),
    endpoint({
      spec: 'server-server/public_rooms.yaml#queryPublicRooms',
      method: 'POST',
      path: PATH,
      auth: 'server',
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
      }),
      async handle({ body }) {
        requireOpen();
        return rooms.page({
          limit: Math.min(body.limit || LARGEST_PAGE, LARGEST_PAGE),
          since: body.since,
          searchTerm: body.filter?.generic_search_term ?? undefined,
          roomTypes: body.filter?.room_types ?? undefined,
        });
      },
    }),
  ];
};
