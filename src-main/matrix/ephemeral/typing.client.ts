import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { forbidden } from '../../spec/errors.js';
import { roomId, userId } from '../../spec/shapes.js';
import type { Typing } from './typing.js';

const DEFAULT_TIMEOUT = 30_000;

export const typingEndpoints = (typing: Typing) => [
  endpoint({
    spec: 'client-server/typing.yaml#setTyping',
    method: 'PUT',
    path: '/_matrix/client/v3/rooms/:roomId/typing/:userId',
    r0: true,
    auth: 'user',
    params: { roomId, userId },
    body: Type.Object({ typing: Type.Boolean(), timeout: Type.Optional(Type.Integer({ minimum: 0 })) }),
    async handle({ caller, params, body }) {
      if (params.userId !== caller.userId) throw forbidden('you can only say that you yourself are typing');
      if (body.typing) await typing.start(params.roomId, caller.userId, body.timeout ?? DEFAULT_TIMEOUT);
      else await typing.stop(params.roomId, caller.userId);
      return {};
    },
  }),
];
