import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { badJson } from '../../spec/errors.js';
import { eventId, jsonObject, roomId } from '../../spec/shapes.js';
import type { Sending } from './send.js';

const NOT_CANONICAL = 'events may hold integers only, within ±(2^53 - 1)';

const transactionOf = (caller: UserCaller, txnId: string) => ({
  // Tokens without a device have transactions of their own.
  deviceId: caller.deviceId ?? `token ${caller.tokenId}`,
  txnId,
});

const stateEndpoint = (sending: Sending, path: string, aliases: readonly string[], spec: string) =>
  endpoint({
    spec,
    method: 'PUT',
    path,
    aliases,
    r0: true,
    auth: 'user',
    params: { roomId, eventType: Type.String(), stateKey: Type.Optional(Type.String()) },
    body: jsonObject,
    async handle({ caller, params, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const eventId = await sending.send({
        roomId: params.roomId,
        sender: caller.userId,
        type: params.eventType,
        stateKey: params.stateKey ?? '',
        content: body,
      });
      return { event_id: eventId };
    },
  });

export const sendEndpoints = (sending: Sending) => [
  endpoint({
    spec: 'client-server/room_send.yaml#sendMessage',
    method: 'PUT',
    path: '/_matrix/client/v3/rooms/:roomId/send/:eventType/:txnId',
    r0: true,
    auth: 'user',
    params: { roomId, eventType: Type.String(), txnId: Type.String({ maxLength: 512 }) },
    body: jsonObject,
    async handle({ caller, params, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const eventId = await sending.send({
        roomId: params.roomId,
        sender: caller.userId,
        type: params.eventType,
        content: body,
        transaction: transactionOf(caller, params.txnId),
      });
      return { event_id: eventId };
    },
  }),
  stateEndpoint(
    sending,
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
    body: Type.Object({ reason: Type.Optional(Type.String()) }),
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
