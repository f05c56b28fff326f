import { Type } from 'typebox';
import { abortable } from '../../base/abort.js';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { listParam } from '../../http/shapes.js';
import type { JsonObject } from '../../base/json.js';
import { jsonObject, roomId, roomIdOrAlias, userId } from '../../spec/shapes.js';
import type { Directory } from './directory.js';
import type { RoomMembership } from './membership.js';
import { inviteEndpoint } from './third-party/third-party-invites.client.js';
import type { ThirdPartyInvites } from './third-party/third-party-invites.js';

/** Bots send null where they give none. */
const reason = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const reasonOnly = Type.Object({ reason });
/** Of an invitation by e-mail, from an identity server. */
const signed = Type.Object({ sender: userId, mxid: userId, token: Type.String(), signatures: jsonObject });
const toJoin = Type.Object({ reason, third_party_signed: Type.Optional(signed) });
const withTarget = Type.Object({ user_id: userId, reason });

const why = ({ reason: given }: { reason?: string | null | undefined }): JsonObject =>
  typeof given === 'string' ? { reason: given } : {};

const PATH = '/_matrix/client/v3/rooms/:roomId';

/** Kick, ban and unban: somebody does something to somebody else. */
const toSomebody = (
  name: 'kick' | 'ban' | 'unban',
  spec: string,
  act: (caller: UserCaller, roomId: `!${string}`, target: `@${string}:${string}`, content: JsonObject) => Promise<void>,
) =>
  endpoint({
    spec,
    method: 'POST',
    path: `${PATH}/${name}`,
    r0: true,
    auth: 'user',
    params: { roomId },
    body: withTarget,
    async handle({ caller, params, body }) {
      await act(caller, params.roomId, body.user_id, why(body));
      return {};
    },
  });

export const membershipEndpoints = (
  membership: RoomMembership,
  directory: Directory,
  thirdPartyInvites: ThirdPartyInvites,
) => [
  endpoint({
    spec: 'client-server/joining.yaml#joinRoomById',
    method: 'POST',
    path: `${PATH}/join`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    body: toJoin,
    bodyOptional: true,
    async handle({ caller, params, body, signal }) {
      if (body.third_party_signed) await membership.redeem(params.roomId, caller.userId, body.third_party_signed);
      // A join by other servers may take long, and goes on when nobody waits for it any more.
      const event = await abortable(membership.join(params.roomId, caller.userId, why(body)), signal);
      return { room_id: event.roomId };
    },
  }),
  endpoint({
    spec: 'client-server/joining.yaml#joinRoom',
    method: 'POST',
    path: '/_matrix/client/v3/join/:roomIdOrAlias',
    r0: true,
    auth: 'guest',
    params: { roomIdOrAlias },
    query: { server_name: listParam(), via: listParam() },
    body: toJoin,
    bodyOptional: true,
    async handle({ caller, params, query, body, signal }) {
      const room = await directory.roomOf(params.roomIdOrAlias);
      if (body.third_party_signed) await membership.redeem(room.roomId, caller.userId, body.third_party_signed);
      const servers = [...query.via, ...query.server_name, ...room.servers];
      const event = await abortable(membership.join(room.roomId, caller.userId, why(body), servers), signal);
      return { room_id: event.roomId };
    },
  }),
  endpoint({
    spec: 'client-server/knocking.yaml#knockRoom',
    method: 'POST',
    path: '/_matrix/client/v3/knock/:roomIdOrAlias',
    auth: 'user',
    params: { roomIdOrAlias },
    query: { server_name: listParam(), via: listParam() },
    body: reasonOnly,
    bodyOptional: true,
    async handle({ caller, params, query, body }) {
      const room = await directory.roomOf(params.roomIdOrAlias);
      const servers = [...query.via, ...query.server_name, ...room.servers];
      await membership.knock(room.roomId, caller.userId, why(body), servers);
      return { room_id: room.roomId };
    },
  }),
  endpoint({
    spec: 'client-server/leaving.yaml#leaveRoom',
    method: 'POST',
    path: `${PATH}/leave`,
    r0: true,
    auth: 'guest',
    params: { roomId },
    body: reasonOnly,
    bodyOptional: true,
    async handle({ caller, params, body }) {
      await membership.leave(params.roomId, caller.userId, why(body));
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/leaving.yaml#forgetRoom',
    method: 'POST',
    path: `${PATH}/forget`,
    r0: true,
    auth: 'user',
    params: { roomId },
    body: jsonObject,
    bodyOptional: true,
    async handle({ caller, params }) {
      await membership.forget(params.roomId, caller.userId);
      return {};
    },
  }),
  inviteEndpoint(membership, thirdPartyInvites),
  toSomebody('kick', 'client-server/kicking.yaml#kick', (caller, room, target, content) =>
    membership.kick(room, caller.userId, target, content),
  ),
  toSomebody('ban', 'client-server/banning.yaml#ban', (caller, room, target, content) =>
    membership.ban(room, caller.userId, target, content),
  ),
  toSomebody('unban', 'client-server/banning.yaml#unban', (caller, room, target, content) =>
    membership.unban(room, caller.userId, target, content),
  ),
];
