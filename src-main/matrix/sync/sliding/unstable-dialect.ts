import { type Static, Type } from 'typebox';
import type { JsonObject } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Viewer } from '../../rooms/index.js';
import { answerOf, commonKeys } from './dialect.js';
import type { ListConfig, RoomConfig, RoomResult, SlidingRequest, SlidingResult } from './request.js';
import { MEMBER, type RequiredState, type StateElement } from './required-state.js';
import { count, extensionsOf, extensionsShape, filterOf, filterShape, named, range } from './shapes.js';

const roomShape = {
  required_state: Type.Array(Type.Tuple([Type.String(), Type.String()]), { maxItems: 500 }),
  timeline_limit: count(),
};

const room = Type.Object(roomShape);

/** The body as it was spoken before the proposal was accepted. */
export const unstableBody = Type.Object({
  conn_id: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  txn_id: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  lists: Type.Optional(
    named(64, {
      ...roomShape,
      ranges: Type.Optional(Type.Union([Type.Array(range(), { maxItems: 100 }), Type.Null()])),
      slow_get_all_rooms: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
      filters: Type.Optional(
        Type.Union([
          Type.Object({ ...filterShape, is_invite: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) }),
          Type.Null(),
        ]),
      ),
    }),
  ),
  room_subscriptions: Type.Optional(named(255, roomShape)),
  extensions: extensionsShape,
});

type Body = Static<typeof unstableBody>;

/** @throws MatrixError M_INVALID_PARAM */
export function readUnstable(
  viewer: Viewer,
  body: Body,
  query: { readonly pos: string | undefined; readonly timeout: number },
): SlidingRequest {
  return {
    viewer,
    connId: body.conn_id ?? '',
    pos: query.pos,
    timeout: query.timeout,
    lists: new Map(Object.entries(body.lists ?? {}).map(([name, list]) => [name, listOf(list, viewer.userId)])),
    subscriptions: new Map(
      Object.entries(body.room_subscriptions ?? {}).map(([id, room]) => [id as RoomId, roomOf(room, viewer.userId)]),
    ),
    extensions: extensionsOf(body.extensions),
    withCounts: true,
  };
}

function listOf(list: NonNullable<Body['lists']>[string], me: UserId): ListConfig {
  const all = list.slow_get_all_rooms === true || !list.ranges;
  return {
    ...roomOf(list, me),
    ranges: all ? undefined : (list.ranges ?? undefined),
    filter: filterOf(list.filters ?? {}, list.filters?.is_invite),
  };
}

const roomOf = (config: Static<typeof room>, me: UserId): RoomConfig => ({
  timelineLimit: config.timeline_limit,
  requiredState: [requiredStateOf(config.required_state, me)],
});

/** Pairs of a type and a state key; `*` is any, `$ME` the viewer, `$LAZY` the members that the timeline shows. */
function requiredStateOf(pairs: readonly (readonly [string, string])[], me: UserId): RequiredState {
  const include: StateElement[] = [];
  let lazyMembers = false;
  for (const [type, stateKey] of pairs) {
    if (type === MEMBER && stateKey === '$LAZY') lazyMembers = true;
    else include.push({ ...(type !== '*' && { type }), ...keyOf(stateKey, me) });
  }
  return { include, exclude: [], lazyMembers };
}

function keyOf(stateKey: string, me: UserId): Pick<StateElement, 'stateKey'> {
  if (stateKey === '*') return {};
  return { stateKey: stateKey === '$ME' ? me : stateKey };
}

export const writeUnstable = (result: SlidingResult, txnId: string | null | undefined): JsonObject => ({
  ...answerOf(result, roomJson),
  ...(txnId && { txn_id: txnId }),
});

const roomJson = (news: RoomResult): JsonObject => ({
  ...commonKeys(news),
  ...(typeof news.name === 'string' && { name: news.name }),
  ...(news.isExpanded && { unstable_expanded_timeline: true }),
  // This dialect has no word for state that went away.
  ...(news.requiredState && { required_state: news.requiredState.filter((event) => event['content'] !== undefined) }),
  ...(news.timeline && { timeline: news.timeline.events }),
  // Clients take a room with this key for one that they are invited to, so it is not said of rooms that are over.
  ...(news.stripped && isOpen(news) && { invite_state: news.stripped }),
  ...(news.unread && {
    notification_count: news.unread.notifications,
    highlight_count: news.unread.highlights,
  }),
});

const isOpen = ({ membership }: RoomResult): boolean => membership === 'invite' || membership === 'knock';
