import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { safeInteger } from '../../../http/shapes.js';
import { eventId, roomId, userId } from '../../../spec/shapes.js';
import type { Reports } from './reports.js';

const PATH = '/_matrix/client/v3';
const withReason = Type.Object({ reason: Type.String() });

export const reportEndpoints = (reports: Reports) => [
  endpoint({
    spec: 'client-server/report_content.yaml#reportEvent',
    method: 'POST',
    path: `${PATH}/rooms/:roomId/report/:eventId`,
    r0: true,
    auth: 'user',
    params: { roomId, eventId },
    body: Type.Object({ reason: Type.Optional(Type.String()), score: Type.Optional(safeInteger()) }),
    async handle({ caller, params, body: { reason, score } }) {
      await reports.event(caller.userId, params.roomId, params.eventId, { reason, score });
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/report_content.yaml#reportRoom',
    method: 'POST',
    path: `${PATH}/rooms/:roomId/report`,
    aliases: ['/_matrix/client/unstable/org.matrix.msc4151/rooms/:roomId/report'],
    auth: 'user',
    params: { roomId },
    body: withReason,
    badBody: 'M_BAD_JSON',
    async handle({ caller, params, body }) {
      await reports.room(caller.userId, params.roomId, body.reason);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/report_content.yaml#reportUser',
    method: 'POST',
    path: `${PATH}/users/:userId/report`,
    aliases: ['/_matrix/client/unstable/org.matrix.msc4260/users/:userId/report'],
    auth: 'user',
    params: { userId },
    body: withReason,
    badBody: 'M_BAD_JSON',
    async handle({ caller, params, body }) {
      await reports.user(caller.userId, params.userId, body.reason);
      return {};
    },
  }),
];
