import { type Static, Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { roomEventFilter } from '../../../spec/event-filter.js';
import { requireTerm, type Search, type SearchRequest } from './search.js';
import type { SearchKey } from './search.store.js';
import type { AnswerWishes, SearchAnswer } from './search-answer.js';

const MOST_AROUND = 20;

const searchKey = Type.Union([
  Type.Literal('content.body'),
  Type.Literal('content.name'),
  Type.Literal('content.topic'),
]);
const count = Type.Optional(Type.Integer({ minimum: 0 }));
const roomEvents = Type.Object({
  search_term: Type.Optional(Type.String({ maxLength: 2000 })),
  keys: Type.Optional(Type.Array(searchKey, { maxItems: 10 })),
  filter: Type.Optional(roomEventFilter),
  order_by: Type.Optional(Type.Union([Type.Literal('recent'), Type.Literal('rank')])),
  include_state: Type.Optional(Type.Boolean()),
  event_context: Type.Optional(
    Type.Object({ before_limit: count, after_limit: count, include_profile: Type.Optional(Type.Boolean()) }),
  ),
  groupings: Type.Optional(
    Type.Object({
      group_by: Type.Optional(
        Type.Array(Type.Object({ key: Type.Union([Type.Literal('room_id'), Type.Literal('sender')]) }), {
          maxItems: 10,
        }),
      ),
    }),
  ),
});
type RoomEvents = Static<typeof roomEvents>;

export const searchEndpoints = (search: Search, answer: SearchAnswer) => [
  endpoint({
    spec: 'client-server/search.yaml#search',
    method: 'POST',
    path: '/_matrix/client/v3/search',
    r0: true,
    auth: 'user',
    query: { next_batch: Type.Optional(Type.String()) },
    body: Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(roomEvents) }) }),
    badBody: 'M_INVALID_PARAM',
    async handle({ caller: { userId, deviceId }, query, body }) {
      const wanted = body.search_categories.room_events ?? {};
      const request = requestOf(wanted, query.next_batch);
      const found = await search.find(userId, request);
      const viewer = { userId, deviceId };
      return { search_categories: { room_events: await answer.of(found, viewer, wishesOf(wanted)) } };
    },
  }),
];

const ALL_KEYS: readonly SearchKey[] = ['content.body', 'content.name', 'content.topic'];

const requestOf = ({ search_term, keys, filter, order_by }: RoomEvents, from: string | undefined): SearchRequest => ({
  term: requireTerm(search_term),
  keys: keys ?? ALL_KEYS,
  filter: filter ?? {},
  order: order_by ?? 'rank',
  from,
});

function wishesOf({ groupings, include_state, event_context }: RoomEvents): AnswerWishes {
  const around = (limit: number | undefined) => Math.min(limit ?? 5, MOST_AROUND);
  return {
    groupBy: [...new Set((groupings?.group_by ?? []).map(({ key }) => key))],
    withState: include_state ?? false,
    context: event_context && {
      before: around(event_context.before_limit),
      after: around(event_context.after_limit),
      withProfiles: event_context.include_profile ?? false,
    },
  };
}
