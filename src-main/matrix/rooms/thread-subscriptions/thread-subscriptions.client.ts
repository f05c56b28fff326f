import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { intParam } from '../../../http/shapes.js';
import { invalidParam } from '../../../spec/errors.js';
import { eventId, roomId } from '../../../spec/shapes.js';
import { parseTimelineToken, writeTimelineToken } from '../timeline-token.js';
import type { ThreadSubscriptions } from './thread-subscriptions.js';

/** None of it is in the spec yet: it is MSC4306 and MSC4308. */
const PATH = '/_matrix/client/unstable/io.element.msc4306/rooms/:roomId/thread/:eventId/subscription';
const thread = { roomId, eventId };
const MOST = 512;

export const threadSubscriptionEndpoints = (subscriptions: ThreadSubscriptions) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    auth: 'user',
    params: thread,
    async handle({ caller, params }) {
      const { isAutomatic } = await subscriptions.get(caller.userId, params.roomId, params.eventId);
      return { automatic: isAutomatic };
    },
  }),
  endpoint({
    spec: '-',
    method: 'PUT',
    path: PATH,
    auth: 'user',
    params: thread,
    body: Type.Object({ automatic: Type.Optional(eventId) }),
    async handle({ caller, params, body }) {
      await subscriptions.subscribe(caller.userId, params.roomId, params.eventId, body.automatic);
      return {};
    },
  }),
  endpoint({
    spec: '-',
    method: 'DELETE',
    path: PATH,
    auth: 'user',
    params: thread,
    async handle({ caller, params }) {
      await subscriptions.unsubscribe(caller.userId, params.roomId, params.eventId);
      return {};
    },
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/unstable/io.element.msc4308/thread_subscriptions',
    auth: 'user',
    query: {
      dir: Type.Literal('b'),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: intParam({ min: 1, max: MOST, default: 100 }),
    },
    async handle({ caller, query }) {
      const span = { after: placeOf(query.to, 0), upTo: placeOf(query.from, Number.MAX_SAFE_INTEGER) };
      const { subscribed, unsubscribed, end } = await subscriptions.changes(caller.userId, span, query.limit);
      return {
        ...(Object.keys(subscribed).length > 0 && { subscribed }),
        ...(Object.keys(unsubscribed).length > 0 && { unsubscribed }),
        ...(end !== undefined && { end: writeTimelineToken(end) }),
      };
    },
  }),
];

/** @throws MatrixError M_INVALID_PARAM */
function placeOf(token: string | undefined, fallback: number): number {
  if (token === undefined) return fallback;
  const place = parseTimelineToken(token);
  if (place === undefined) throw invalidParam('the token is not one of this server');
  return place;
}
