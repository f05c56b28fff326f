import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { jsonObject, roomId, userId } from '../../../spec/shapes.js';
import type { ServerAcls } from '../server-acls.js';
import { readExchange, type ThirdPartyInvites } from './third-party-invites.js';

const V1 = '/_matrix/federation/v1';

const invite = Type.Object({ mxid: userId, room_id: roomId, sender: userId, signed: jsonObject });

interface Services {
  readonly invites: ThirdPartyInvites;
  readonly acls: ServerAcls;
  /** by address: whoever asks need not say who they are */
  readonly limit: RateLimiter;
}

/** Invitations by e-mail become invitations of users. */
export const thirdPartyInviteEndpoints = ({ invites, acls, limit }: Services) => [
  endpoint({
    spec: 'server-server/third_party_invite.yaml#exchangeThirdPartyInvite',
    method: 'PUT',
    path: `${V1}/exchange_third_party_invite/:roomId`,
    auth: 'server',
    params: { roomId },
    body: jsonObject,
    async handle({ caller, params, body }) {
      await acls.require(params.roomId, caller.server);
      await invites.exchange(readExchange(params.roomId, body));
      return {};
    },
  }),
  endpoint({
    spec: 'server-server/third_party_invite.yaml#onBindThirdPartyIdentifier',
    method: 'PUT',
    path: `${V1}/3pid/onbind`,
    auth: 'none',
    body: Type.Object({
      medium: Type.String(),
      address: Type.String(),
      mxid: userId,
      invites: Type.Array(invite, { maxItems: 100 }),
    }),
    async handle({ body, address }) {
      limit.take(address);
      const redeemed = body.invites.map(({ mxid, room_id, sender, signed }) => ({
        roomId: room_id,
        sender,
        target: mxid,
        signed,
      }));
      await invites.bound(redeemed);
      return {};
    },
  }),
];
