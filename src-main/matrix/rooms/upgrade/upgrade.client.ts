import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { roomId, userId } from '../../../spec/shapes.js';
import type { RoomUpgrade } from './upgrade.js';

export const upgradeEndpoints = (upgrades: RoomUpgrade) => [
  endpoint({
    spec: 'client-server/room_upgrades.yaml#upgradeRoom',
    method: 'POST',
    path: '/_matrix/client/v3/rooms/:roomId/upgrade',
    r0: true,
    auth: 'user',
    params: { roomId },
    body: Type.Object({
      new_version: Type.String(),
      additional_creators: Type.Optional(Type.Array(userId, { maxItems: 100 })),
    }),
    async handle({ caller, params, body }) {
      const replacement = await upgrades.upgrade({
        roomId: params.roomId,
        userId: caller.userId,
        version: body.new_version,
        additionalCreators: body.additional_creators ?? [],
      });
      return { replacement_room: replacement };
    },
  }),
];
