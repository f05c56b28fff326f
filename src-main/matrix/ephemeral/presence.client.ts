import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { forbidden } from '../../spec/errors.js';
import { userId } from '../../spec/shapes.js';
import type { Presence } from './presence.js';

const PATH = '/_matrix/client/v3/presence/:userId/status';

export const presenceEndpoints = (presence: Presence) => [
  endpoint({
    spec: 'client-server/presence.yaml#getPresence',
    method: 'GET',
    path: PATH,
    r0: true,
    auth: 'user',
    params: { userId },
    handle: ({ caller, params }) => presence.of(params.userId, caller.userId),
  }),
  endpoint({
    spec: 'client-server/presence.yaml#setPresence',
    method: 'PUT',
    path: PATH,
    r0: true,
    auth: 'user',
    params: { userId },
    body: Type.Object({
      presence: Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('unavailable')]),
      status_msg: Type.Optional(Type.String({ maxLength: 2048 })),
    }),
    async handle({ caller, params, body }) {
      if (params.userId !== caller.userId) throw forbidden('you can only say how you yourself are');
      await presence.set(caller.userId, body.presence, body.status_msg);
      return {};
    },
  }),
];
