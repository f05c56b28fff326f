import { Type } from 'typebox';
import { endpoint, Reply } from '../../../http/endpoint.js';
import { intParam, listParam } from '../../../http/shapes.js';
import { missingParam } from '../../../spec/errors.js';
import { isEventId } from '../../../spec/grammar.js';
import type { EventId } from '../../../spec/ids.js';
import { eventId, roomId } from '../../../spec/shapes.js';
import type { RoomAnswers } from './room-answers.js';

const V1 = '/_matrix/federation/v1';
/** As many as other servers give. */
const [MOST_BACKFILLED, MOST_MISSING] = [100, 20];
const MOST_NAMED = 100;

const inRoom = { roomId };
const at = { event_id: eventId };
const named = Type.Array(Type.String(), { maxItems: 1000 });

const eventIds = (texts: readonly string[]): EventId[] => texts.filter(isEventId);

/** The state of rooms, and what events rest on. */
export const stateAnswerEndpoints = (answers: RoomAnswers) => [
  endpoint({
    spec: 'server-server/events.yaml#getEvent',
    method: 'GET',
    path: `${V1}/event/:eventId`,
    auth: 'server',
    params: { eventId },
    handle: ({ caller, params }) => answers.event(params.eventId, caller.server),
  }),
  endpoint({
    spec: 'server-server/events.yaml#getRoomState',
    method: 'GET',
    path: `${V1}/state/:roomId`,
    auth: 'server',
    params: inRoom,
    query: at,
    async handle({ caller, params, query }) {
      const text = await answers.state(params.roomId, query.event_id, caller.server);
      return new Reply(200, text, { 'content-type': 'application/json' });
    },
  }),
  endpoint({
    spec: 'server-server/events.yaml#getRoomStateIds',
    method: 'GET',
    path: `${V1}/state_ids/:roomId`,
    auth: 'server',
    params: inRoom,
    query: at,
    async handle({ caller, params, query }) {
      const { state, authChain } = await answers.stateIds(params.roomId, query.event_id, caller.server);
      return { pdu_ids: state, auth_chain_ids: authChain };
    },
  }),
  endpoint({
    spec: 'server-server/event_auth.yaml#getEventAuth',
    method: 'GET',
    path: `${V1}/event_auth/:roomId/:eventId`,
    auth: 'server',
    params: { roomId, eventId },
    async handle({ caller, params }) {
      return { auth_chain: await answers.authChain(params.roomId, params.eventId, caller.server) };
    },
  }),
];

/** What was said in rooms. */
export const historyAnswerEndpoints = (answers: RoomAnswers) => [
  endpoint({
    spec: 'server-server/backfill.yaml#backfillRoom',
    method: 'GET',
    path: `${V1}/backfill/:roomId`,
    auth: 'server',
    params: inRoom,
    query: { v: listParam({ maxItems: MOST_NAMED }), limit: intParam({ min: 0, max: MOST_BACKFILLED, default: 10 }) },
    async handle({ caller, params, query }) {
      if (query.v.length === 0) throw missingParam('the query parameter v is missing');
      return answers.backfill(params.roomId, eventIds(query.v), query.limit, caller.server);
    },
  }),
  endpoint({
    spec: 'server-server/backfill.yaml#getMissingPreviousEvents',
    method: 'POST',
    path: `${V1}/get_missing_events/:roomId`,
    auth: 'server',
    params: inRoom,
    body: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      min_depth: Type.Optional(Type.Integer()),
      earliest_events: named,
      latest_events: named,
    }),
    async handle({ caller, params, body }) {
      const asked = {
        latest: eventIds(body.latest_events).slice(0, MOST_NAMED),
        earliest: eventIds(body.earliest_events),
        limit: Math.min(body.limit ?? 10, MOST_MISSING),
        minDepth: body.min_depth ?? 0,
      };
      return { events: await answers.missing(params.roomId, asked, caller.server) };
    },
  }),
  endpoint({
    spec: 'server-server/events.yaml#getEventByTimestamp',
    method: 'GET',
    path: `${V1}/timestamp_to_event/:roomId`,
    auth: 'server',
    params: inRoom,
    query: { ts: Type.Integer(), dir: Type.Union([Type.Literal('f'), Type.Literal('b')]) },
    async handle({ caller, params, query }) {
      const event = await answers.nearest(params.roomId, query.ts, query.dir, caller.server);
      return { event_id: event.eventId, origin_server_ts: event.originServerTs };
    },
  }),
];
