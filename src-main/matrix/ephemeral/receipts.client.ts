import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { invalidParam } from '../../spec/errors.js';
import { eventId, roomId } from '../../spec/shapes.js';
import type { ReadMarkers } from './read-markers.js';
import type { Receipts } from './receipts.js';

const receiptType = Type.Union([Type.Literal('m.read'), Type.Literal('m.read.private'), Type.Literal('m.fully_read')]);

export const receiptEndpoints = (receipts: Receipts, markers: ReadMarkers) => [
  endpoint({
    spec: 'client-server/receipts.yaml#postReceipt',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/receipt/:receiptType/:eventId',
    r0: true,
    auth: 'user',
    params: { roomId, receiptType, eventId },
    body: Type.Object({ thread_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) }),
    bodyOptional: true,
    badBody: 'M_INVALID_PARAM',
    async handle({ caller, params, body }) {
      const { receiptType: type, ...place } = params;
      const given = { ...place, userId: caller.userId };
      if (type !== 'm.fully_read') {
        await receipts.post({ ...given, type, threadId: body.thread_id });
        return {};
      }
      if (body.thread_id !== undefined) throw invalidParam('m.fully_read knows no threads');
      await markers.setFullyRead(given);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/read_markers.yaml#setReadMarker',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/read_markers',
    r0: true,
    auth: 'user',
    params: { roomId },
    body: Type.Object({
      'm.fully_read': Type.Optional(eventId),
      'm.read': Type.Optional(eventId),
      'm.read.private': Type.Optional(eventId),
    }),
    async handle({ caller, params, body }) {
      const given = { roomId: params.roomId, userId: caller.userId };
      for (const type of ['m.read', 'm.read.private'] as const) {
        const read = body[type];
        if (read !== undefined) await receipts.post({ ...given, type, eventId: read, threadId: undefined });
      }
      const fully = body['m.fully_read'];
      if (fully !== undefined) await markers.setFullyRead({ ...given, eventId: fully });
      return {};
    },
  }),
];
