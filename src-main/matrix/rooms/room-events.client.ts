import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { stringAt } from '../../base/json.js';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { intParam } from '../../http/shapes.js';
import { invalidParam, notFound } from '../../spec/errors.js';
import { type RoomEventFilter, roomEventFilter } from '../../spec/event-filter.js';
import { eventId, roomId } from '../../spec/shapes.js';
import type { MembershipState } from '../events/index.js';
import type { Viewer } from './viewer.js';
import type { History } from './history.js';
import type { RoomState } from './room-state.js';

const PATH = '/_matrix/client/v3/rooms/:roomId';
const LARGEST_PAGE = 1000;
const isFilter = Compile(roomEventFilter);

const viewerOf = ({ userId, deviceId }: UserCaller): Viewer => ({ userId, deviceId });

/** A filter written as JSON in the query. @throws MatrixError M_INVALID_PARAM */
function parseFilter(text: string | undefined): RoomEventFilter {
  if (text === undefined || text === '') return {};
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch (error) {
    throw Object.assign(invalidParam('filter is not JSON'), { cause: error });
  }
  if (!isFilter.Check(filter)) throw invalidParam('filter is not a room event filter');
  return filter;
}

const filter = Type.Optional(Type.String({ maxLength: 65_536 }));
const membership = Type.Optional(
  Type.Union(['join', 'invite', 'leave', 'ban', 'knock'].map((name) => Type.Literal(name as MembershipState))),
);

export const roomEventsEndpoints = (history: History, state: RoomState) => [
  endpoint({
    spec: 'client-server/rooms.yaml#getOneRoomEvent',
    method: 'GET',
    path: `${PATH}/event/:eventId`,
    r0: true,
    auth: 'guest',
    params: { roomId, eventId },
    handle: ({ caller, params }) => history.event(params.roomId, params.eventId, viewerOf(caller)),
  }),
  endpoint({
    spec: 'client-server/event_context.yaml#getEventContext',
    method: 'GET',
    path: `${PATH}/context/:eventId`,
    r0: true,
    auth: 'guest',
    params: { roomId, eventId },
    query: { limit: intParam({ min: 0, max: 100, default: 10 }), filter },
    handle: ({ caller, params, query }) =>
      history.context(params.roomId, params.eventId, viewerOf(caller), query.limit, parseFilter(query.filter)),
  }),
  endpoint({
    spec: 'client-server/message_pagination.yaml#getRoomEvents',
    method: 'GET',
    path: `${PATH}/messages`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    query: {
      dir: Type.Union([Type.Literal('b'), Type.Literal('f')]),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: intParam({ min: 0, max: LARGEST_PAGE, default: 10 }),
      filter,
    },
    async handle({ caller, params, query }) {
      const page = await history.page(params.roomId, viewerOf(caller), {
        direction: query.dir,
        from: query.from,
        to: query.to,
        limit: Math.max(1, query.limit),
        filter: parseFilter(query.filter),
      });
      const { state: members, ...rest } = page;
      return members.length > 0 ? page : rest;
    },
  }),
  endpoint({
    spec: 'client-server/rooms.yaml#getRoomState',
    method: 'GET',
    path: `${PATH}/state`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    handle: ({ caller, params }) => state.all(params.roomId, viewerOf(caller)),
  }),
  endpoint({
    spec: 'client-server/rooms.yaml#getRoomStateWithKey',
    method: 'GET',
    path: `${PATH}/state/:eventType/:stateKey`,
    aliases: [`${PATH}/state/:eventType`, `${PATH}/state/:eventType/`],
    r0: true,
    auth: 'guest',
    params: { roomId, eventType: Type.String(), stateKey: Type.Optional(Type.String()) },
    query: { format: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('event')])) },
    async handle({ caller, params, query }) {
      const event = await state.one(params.roomId, params.eventType, params.stateKey ?? '', viewerOf(caller));
      if (!event) throw notFound('the room has no such state');
      return query.format === 'event' ? event : event.content;
    },
  }),
  endpoint({
    spec: 'client-server/rooms.yaml#getMembersByRoom',
    method: 'GET',
    path: `${PATH}/members`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    query: { at: Type.Optional(Type.String()), membership, not_membership: membership },
    async handle({ caller, params, query }) {
      const members = await state.members(params.roomId, viewerOf(caller), query.at);
      const wanted = members.filter((event) => {
        const is = stringAt(event.content, 'membership');
        return (query.membership ?? is) === is && query.not_membership !== is;
      });
      return { chunk: wanted };
    },
  }),
  endpoint({
    spec: 'client-server/rooms.yaml#getJoinedMembersByRoom',
    method: 'GET',
    path: `${PATH}/joined_members`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    async handle({ caller, params }) {
      const members = await state.joinedMembers(params.roomId, caller.userId);
      const entries = members.map(({ userId, displayName, avatarUrl }) => [
        userId,
        {
          ...(displayName !== undefined && { display_name: displayName }),
          ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
        },
      ]);
      return { joined: Object.fromEntries(entries) };
    },
  }),
  endpoint({
    spec: 'client-server/list_joined_rooms.yaml#getJoinedRooms',
    method: 'GET',
    path: '/_matrix/client/v3/joined_rooms',
    r0: true,
    auth: 'guest',
    handle: async ({ caller }) => ({ joined_rooms: await state.joinedRooms(caller.userId) }),
  }),
];
