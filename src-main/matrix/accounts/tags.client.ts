import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { forbidden } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import { roomId, userId } from '../../spec/shapes.js';
import type { Tags } from './tags.js';

const MOST_BODY = 64 * 1024;
const PATH = '/_matrix/client/v3/user/:userId/rooms/:roomId/tags';
const params = { userId, roomId };
const tagParams = { ...params, tag: Type.String({ minLength: 1 }) };

export const tagEndpoints = (tags: Tags) => [
  endpoint({
    spec: 'client-server/tags.yaml#getRoomTags',
    method: 'GET',
    path: PATH,
    r0: true,
    auth: 'user',
    params,
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      return { tags: await tags.list(params.userId, params.roomId) };
    },
  }),
  endpoint({
    spec: 'client-server/tags.yaml#setRoomTag',
    method: 'PUT',
    path: `${PATH}/:tag`,
    r0: true,
    auth: 'user',
    params: tagParams,
    maxBody: MOST_BODY,
    body: Type.Object({ order: Type.Optional(Type.Number()) }),
    async handle({ caller, params, body }) {
      requireSelf(caller, params.userId);
      await tags.put(params.userId, params.roomId, params.tag, body);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/tags.yaml#deleteRoomTag',
    method: 'DELETE',
    path: `${PATH}/:tag`,
    r0: true,
    auth: 'user',
    params: tagParams,
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      await tags.remove(params.userId, params.roomId, params.tag);
      return {};
    },
  }),
];

function requireSelf(caller: UserCaller, userId: UserId): void {
  if (caller.userId !== userId) throw forbidden('these are the tags of somebody else');
}
