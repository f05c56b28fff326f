import { type Static, Type } from 'typebox';
import type { JsonObject } from '../../../base/json.js';
import { invalidParam } from '../../../spec/errors.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Viewer } from '../../rooms/index.js';
import { answerOf, commonKeys } from './dialect.js';
import type { ListConfig, RoomConfig, RoomResult, SlidingRequest, SlidingResult } from './request.js';
import type { RequiredState } from './required-state.js';
import {
  count,
  elements,
  extensionsOf,
  extensionsShape,
  filterOf,
  filterShape,
  named,
  PRESENCES,
  type PresenceWish,
  range,
} from './shapes.js';

const element = { type: Type.Optional(Type.String()), state_key: Type.Optional(Type.String()) };

const roomShape = {
  required_state: Type.Object({
    include: Type.Optional(elements(element)),
    exclude: Type.Optional(elements(element)),
    lazy_members: Type.Optional(Type.Boolean()),
  }),
  timeline_limit: count(),
};
const room = Type.Object(roomShape);

/** The body as the accepted proposal has it. */
export const v4Body = Type.Object({
  conn_id: Type.Optional(Type.String({ maxLength: 255 })),
  pos: Type.Optional(Type.String({ maxLength: 255 })),
  timeout: Type.Optional(count()),
  set_presence: Type.Optional(Type.String()),
  lists: Type.Optional(
    named(255, {
      ...roomShape,
      range: Type.Optional(range()),
      filters: Type.Optional(Type.Object({ ...filterShape, is_invited: Type.Optional(Type.Boolean()) })),
    }),
  ),
  room_subscriptions: Type.Optional(named(255, roomShape)),
  extensions: extensionsShape,
});

type Body = Static<typeof v4Body>;

/** @throws MatrixError M_INVALID_PARAM */
export const readV4 = (viewer: Viewer, body: Body): SlidingRequest => ({
  viewer,
  connId: body.conn_id ?? '',
  pos: body.pos,
  timeout: body.timeout ?? 0,
  lists: new Map(Object.entries(body.lists ?? {}).map(([name, list]) => [name, listOf(list)])),
  subscriptions: new Map(
    Object.entries(body.room_subscriptions ?? {}).map(([roomId, config]) => [roomId as RoomId, roomOf(config)]),
  ),
  extensions: extensionsOf(body.extensions),
  withCounts: false,
});

/** @throws MatrixError M_INVALID_PARAM */
export function presenceOf({ set_presence: wish = 'online' }: Body): PresenceWish {
  const known = PRESENCES.find((presence) => presence === wish);
  if (!known) throw invalidParam(`set_presence must be one of ${PRESENCES.join(', ')}`);
  return known;
}

const listOf = (list: NonNullable<Body['lists']>[string]): ListConfig => ({
  ...roomOf(list),
  ranges: list.range && [list.range],
  filter: filterOf(list.filters ?? {}, list.filters?.is_invited),
});

const roomOf = (config: Static<typeof room>): RoomConfig => ({
  timelineLimit: config.timeline_limit,
  requiredState: [requiredStateOf(config.required_state)],
});

const requiredStateOf = ({ include, exclude, lazy_members }: Static<typeof room>['required_state']): RequiredState => ({
  include: (include ?? []).map(elementOf),
  exclude: (exclude ?? []).map(elementOf),
  lazyMembers: lazy_members === true,
});

const elementOf = ({ type, state_key }: { readonly type?: string; readonly state_key?: string }) => ({
  ...(type !== undefined && { type }),
  ...(state_key !== undefined && { stateKey: state_key }),
});

export const writeV4 = (result: SlidingResult): JsonObject => answerOf(result, roomJson);

const roomJson = (news: RoomResult & { readonly lists: readonly string[] }): JsonObject => ({
  ...commonKeys(news),
  membership: news.membership,
  ...(news.lists.length > 0 && { lists: news.lists }),
  ...(news.name !== undefined && { name: news.name }),
  ...(news.isExpanded && { expanded_timeline: true }),
  ...(news.requiredState && { required_state: news.requiredState }),
  ...(news.timeline && { timeline_events: news.timeline.events }),
  ...(news.stripped && { stripped_state: news.stripped }),
});
