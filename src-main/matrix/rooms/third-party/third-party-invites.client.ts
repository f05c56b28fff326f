import { type Static, Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { missingParam } from '../../../spec/errors.js';
import { roomId, userId } from '../../../spec/shapes.js';
import type { RoomMembership } from '../membership.js';
import type { ThirdPartyInvite, ThirdPartyInvites } from './third-party-invites.js';

const MOST_TEXT = 512;
const MOST_TOKEN = 4096;

/** An address with the identity server that is to be asked for it. */
export const invite3pid = Type.Object({
  id_server: Type.Optional(Type.String({ maxLength: MOST_TEXT })),
  id_access_token: Type.Optional(Type.String({ maxLength: MOST_TOKEN })),
  medium: Type.String({ maxLength: 64 }),
  address: Type.String({ maxLength: MOST_TEXT }),
});

/** @throws MatrixError M_MISSING_PARAM for older clients, which have no token of the identity server */
export function thirdPartyInviteOf(body: Static<typeof invite3pid>): ThirdPartyInvite {
  const { id_server: idServer, id_access_token: idAccessToken, medium, address } = body;
  if (idServer === undefined || idAccessToken === undefined) {
    throw missingParam('whoever invites by an address must give id_server and id_access_token');
  }
  return { idServer, idAccessToken, medium, address, content: {} };
}

/** Bots send null where they give no reason. */
const reason = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** Both ways to invite have one path: by the user's id, or by an address. */
export const inviteEndpoint = (membership: RoomMembership, thirdPartyInvites: ThirdPartyInvites) =>
  endpoint({
    // With `medium` and `address` it is also `third_party_membership.yaml#inviteBy3PID`, which has the same path.
    spec: 'client-server/inviting.yaml#inviteUser',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/invite',
    r0: true,
    auth: 'user',
    params: { roomId },
    body: Type.Object({ user_id: Type.Optional(userId), reason, ...Type.Partial(invite3pid).properties }),
    async handle({ caller, params, body }) {
      const content = typeof body.reason === 'string' ? { reason: body.reason } : {};
      const { medium, address, user_id: target } = body;
      if (medium !== undefined && address !== undefined) {
        const invite = thirdPartyInviteOf({ ...body, medium, address });
        await thirdPartyInvites.invite(params.roomId, caller.userId, { ...invite, content });
        return {};
      }
      if (target === undefined) throw missingParam("the body's key user_id is missing");
      await membership.invite(params.roomId, caller.userId, target, content);
      return {};
    },
  });
