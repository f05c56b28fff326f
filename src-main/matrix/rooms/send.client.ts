import { Type } from 'typebox';
import { endpoint, type RequestContext, type UserCaller } from '../../http/endpoint.js';
import { intParam } from '../../http/shapes.js';
import { badJson, MatrixError } from '../../spec/errors.js';
import { eventId, jsonObject, roomId } from '../../spec/shapes.js';
import type { DelayedEvents } from './delayed/delayed-events.js';
import type { Sending } from './send.js';

export const NOT_CANONICAL = 'events may hold integers only, within ±(2^53 - 1)';

/** What makes a request the same as an earlier one. */
export const transactionOf = (caller: UserCaller, txnId: string) => ({
  // Tokens without a device have transactions of their own.
  deviceId: caller.deviceId ?? `token ${caller.tokenId}`,
  txnId,
});

/** ms to wait before the event is sent: MSC4140 */
const DELAY = 'org.matrix.msc4140.delay';
const delayed = { [DELAY]: intParam({ min: 0 }) };

/** Who sends a delayed event again may leave out what it says. @throws MatrixError M_NOT_JSON */
const requireBody = (request: RequestContext) => {
  const isEmpty =
    request.header('transfer-encoding') === undefined && Number(request.header('content-length') ?? 0) === 0;
  if (isEmpty) throw new MatrixError(400, 'M_NOT_JSON', 'the body is not valid JSON');
};

const redactionBody = Type.Object({ reason: Type.Optional(Type.String()) });

interface SendServices {
  readonly sending: Sending;
  readonly delayedEvents: DelayedEvents;
}

const stateEndpoint = (
  { sending, delayedEvents }: SendServices,
  path: string,
  aliases: readonly string[],
  spec: string,
) =>
  endpoint({
    spec,
    method: 'PUT',
    path,
    aliases,
    r0: true,
    auth: 'guest',
    params: { roomId, eventType: Type.String(), stateKey: Type.Optional(Type.String()) },
    query: delayed,
    body: jsonObject,
    async handle({ caller, params, query, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const request = {
        roomId: params.roomId,
        sender: caller.userId,
        type: params.eventType,
        stateKey: params.stateKey ?? '',
        content: body,
      };
      const delay = query[DELAY];
      if (delay !== undefined) return { delay_id: await delayedEvents.add(request, delay) };
      return { event_id: await sending.send(request) };
    },
  });

export const sendEndpoints = ({ sending, delayedEvents }: SendServices) => [
  endpoint({
    spec: 'client-server/room_send.yaml#sendMessage',
    method: 'PUT',
    path: '/_matrix/client/v3/rooms/:roomId/send/:eventType/:txnId',
    r0: true,
    auth: 'guest',
    params: { roomId, eventType: Type.String(), txnId: Type.String({ maxLength: 512 }) },
    query: delayed,
    body: jsonObject,
    bodyOptional: true,
    async handle(httpRequest) {
      const { caller, params, query, body, canonicalNumbers } = httpRequest;
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const request = {
        roomId: params.roomId,
        sender: caller.userId,
        type: params.eventType,
        content: body,
        transaction: transactionOf(caller, params.txnId),
      };
      const delay = query[DELAY];
      const known = delay === undefined ? undefined : await delayedEvents.ofTransaction(request);
      if (known !== undefined) return { delay_id: known };
      requireBody(httpRequest);
      if (delay !== undefined) return { delay_id: await delayedEvents.add(request, delay) };
      return { event_id: await sending.send(request) };
    },
  }),
  // Without a transaction id each request is another event; the spec has it no more.
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/send/:eventType',
    r0: true,
    auth: 'user',
    params: { roomId, eventType: Type.String() },
    body: jsonObject,
    async handle({ caller, params, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const request = { roomId: params.roomId, sender: caller.userId, type: params.eventType, content: body };
      return { event_id: await sending.send(request) };
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/redact/:eventId',
    r0: true,
    auth: 'user',
    params: { roomId, eventId },
    body: redactionBody,
    bodyOptional: true,
    async handle({ caller, params, body }) {
      const { roomId: room, eventId: redacts } = params;
      return {
        event_id: await sending.redact({ roomId: room, sender: caller.userId, redacts, reason: body.reason }),
      };
    },
  }),
  stateEndpoint(
    { sending, delayedEvents },
    '/_matrix/client/v3/rooms/:roomId/state/:eventType/:stateKey',
    ['/_matrix/client/v3/rooms/:roomId/state/:eventType', '/_matrix/client/v3/rooms/:roomId/state/:eventType/'],
    'client-server/room_state.yaml#setRoomStateWithKey',
  ),
  endpoint({
    spec: 'client-server/redaction.yaml#redactEvent',
    method: 'PUT',
    path: '/_matrix/client/v3/rooms/:roomId/redact/:eventId/:txnId',
    r0: true,
    auth: 'user',
    params: { roomId, eventId, txnId: Type.String({ maxLength: 512 }) },
    body: redactionBody,
    bodyOptional: true,
    async handle({ caller, params, body }) {
      const redaction = await sending.redact({
        roomId: params.roomId,
        sender: caller.userId,
        redacts: params.eventId,
        reason: body.reason,
        transaction: transactionOf(caller, params.txnId),
      });
      return { event_id: redaction };
    },
  }),
];
