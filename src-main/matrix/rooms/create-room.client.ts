import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { badJson } from '../../spec/errors.js';
import { jsonObject, userId } from '../../spec/shapes.js';
import { isCreationContent, type RoomCreation } from './create-room.js';
import { invite3pid, thirdPartyInviteOf } from './third-party/third-party-invites.client.js';
import type { ThirdPartyInvites } from './third-party/third-party-invites.js';

const stateEvent = Type.Object({
  type: Type.String(),
  state_key: Type.Optional(Type.String()),
  content: jsonObject,
});

export const createRoomEndpoints = (creation: RoomCreation, thirdPartyInvites: ThirdPartyInvites) => [
  endpoint({
    spec: 'client-server/create_room.yaml#createRoom',
    method: 'POST',
    path: '/_matrix/client/v3/createRoom',
    r0: true,
    auth: 'user',
    body: Type.Object({
      visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
      preset: Type.Optional(
        Type.Union([Type.Literal('private_chat'), Type.Literal('trusted_private_chat'), Type.Literal('public_chat')]),
      ),
      room_version: Type.Optional(Type.String()),
      room_alias_name: Type.Optional(Type.String()),
      name: Type.Optional(Type.String()),
      topic: Type.Optional(Type.String()),
      invite: Type.Optional(Type.Array(userId)),
      invite_3pid: Type.Optional(Type.Array(invite3pid, { maxItems: 100 })),
      is_direct: Type.Optional(Type.Boolean()),
      creation_content: Type.Optional(jsonObject),
      initial_state: Type.Optional(Type.Array(stateEvent, { maxItems: 1000 })),
      power_level_content_override: Type.Optional(jsonObject),
    }),
    badBody: 'M_BAD_JSON',
    async handle({ caller, body, canonicalNumbers }) {
      if (!canonicalNumbers) throw badJson('events may hold integers only, within ±(2^53 - 1)');
      const creationContent = body.creation_content ?? {};
      if (!isCreationContent(creationContent)) throw badJson("creation_content's predecessor must be an object");
      const invites = (body.invite_3pid ?? []).map((each) => ({
        ...thirdPartyInviteOf(each),
        content: body.is_direct === true ? { is_direct: true } : {},
      }));
      const known = await thirdPartyInvites.find(caller.userId, invites);
      const roomId = await creation.create({
        creator: caller.userId,
        visibility: body.visibility ?? 'private',
        preset: body.preset,
        version: body.room_version,
        aliasLocalpart: body.room_alias_name,
        name: body.name,
        topic: body.topic,
        invite: body.invite ?? [],
        isDirect: body.is_direct ?? false,
        creationContent,
        initialState: (body.initial_state ?? []).map(({ type, state_key, content }) => ({
          type,
          stateKey: state_key ?? '',
          content,
        })),
        powerLevels: body.power_level_content_override,
      });
      await thirdPartyInvites.inviteAll(roomId, caller.userId, invites, known);
      return { room_id: roomId };
    },
  }),
];
