import { Type } from 'typebox';
import type { JsonObject } from '../../../base/json.js';
import { endpoint } from '../../../http/endpoint.js';
import { badJson } from '../../../spec/errors.js';
import { jsonObject, roomId } from '../../../spec/shapes.js';
import { NOT_CANONICAL, transactionOf } from '../send.client.js';
import type { DelayedEvents } from './delayed-events.js';
import type { DelayedEvent } from './delayed-events.store.js';

/** None of it is in the spec yet: it is MSC4140. */
const UNSTABLE = '/_matrix/client/unstable/org.matrix.msc4140';
const EVENTS = `${UNSTABLE}/delayed_events`;
const ACTIONS = ['cancel', 'restart', 'send'] as const;
const ofEvent = { delayId: Type.String() };

export const delayedEventEndpoints = (delayed: DelayedEvents) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: EVENTS,
    auth: 'user',
    async handle({ caller }) {
      const scheduled = (await delayed.list(caller.userId)).map(fromEvent);
      return { delayed_events: scheduled, scheduled };
    },
  }),
  endpoint({
    spec: '-',
    method: 'PUT',
    path: `${UNSTABLE}/rooms/:roomId/delayed_event/:eventType/:txnId`,
    auth: 'user',
    params: { roomId, eventType: Type.String(), txnId: Type.String({ maxLength: 512 }) },
    body: Type.Object({
      delay: Type.Integer({ minimum: 0 }),
      state_key: Type.Optional(Type.String()),
      content: jsonObject,
    }),
    async handle({ caller, params, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson(NOT_CANONICAL);
      const request = {
        roomId: params.roomId,
        sender: caller.userId,
        type: params.eventType,
        content: body.content,
        transaction: transactionOf(caller, params.txnId),
        ...(body.state_key !== undefined && { stateKey: body.state_key }),
      };
      return { delay_id: await delayed.add(request, body.delay) };
    },
  }),
  // The id is a secret: whoever has it, such as a media server that sees somebody vanish, may do this without a token.
  endpoint({
    spec: '-',
    method: 'POST',
    path: `${EVENTS}/:delayId`,
    auth: 'none',
    params: ofEvent,
    body: Type.Object({ action: Type.Enum([...ACTIONS]) }),
    async handle({ params, body, address }) {
      await delayed[body.action](params.delayId, address);
      return {};
    },
  }),
  managing(delayed, 'cancel', `${EVENTS}/:delayId/cancel`),
  managing(delayed, 'restart', `${EVENTS}/:delayId/restart`),
  managing(delayed, 'send', `${EVENTS}/:delayId/send`),
];

const managing = (delayed: DelayedEvents, action: (typeof ACTIONS)[number], path: string) =>
  endpoint({
    spec: '-',
    method: 'POST',
    path,
    auth: 'none',
    params: ofEvent,
    body: jsonObject,
    bodyOptional: true,
    async handle({ params, address }) {
      await delayed[action](params.delayId, address);
      return {};
    },
  });

const fromEvent = ({
  delayId,
  roomId: room,
  type,
  stateKey,
  content,
  delay,
  runningSince,
}: DelayedEvent): JsonObject => ({
  delay_id: delayId,
  room_id: room,
  type,
  ...(stateKey !== undefined && { state_key: stateKey }),
  content,
  delay,
  running_since: runningSince,
});
