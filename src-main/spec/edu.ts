import { type Static, Type } from 'typebox';
import { jsonObject, roomId, userId } from './shapes.js';

/**
 * Ephemeral data between servers, before its type is known.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#edus
 */
export const edu = Type.Object({ edu_type: Type.String({ maxLength: 255 }), content: jsonObject });
export type Edu = Static<typeof edu>;

const deviceId = Type.String({ maxLength: 255 });

/** @see https://spec.matrix.org/v1.19/server-server-api/#typing-notifications */
export const typingEdu = Type.Object({ room_id: roomId, user_id: userId, typing: Type.Boolean() });
export type TypingEdu = Static<typeof typingEdu>;

const userReceipt = Type.Object({
  event_ids: Type.Array(Type.String(), { minItems: 1 }),
  data: Type.Object({ ts: Type.Optional(Type.Integer()), thread_id: Type.Optional(Type.String()) }),
});

/** Receipts by room, type and user. @see https://spec.matrix.org/v1.19/server-server-api/#receipts */
export const receiptEdu = Type.Record(
  Type.String(),
  Type.Record(Type.String(), Type.Record(Type.String(), userReceipt)),
);
export type ReceiptEdu = Static<typeof receiptEdu>;

/** @see https://spec.matrix.org/v1.19/server-server-api/#presence */
export const presenceEdu = Type.Object({
  push: Type.Array(
    Type.Object({
      user_id: userId,
      presence: Type.Union([Type.Literal('online'), Type.Literal('unavailable'), Type.Literal('offline')]),
      status_msg: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      last_active_ago: Type.Optional(Type.Integer({ minimum: 0 })),
      currently_active: Type.Optional(Type.Boolean()),
    }),
  ),
});
export type PresenceEdu = Static<typeof presenceEdu>;

/** @see https://spec.matrix.org/v1.19/server-server-api/#device-management */
export const deviceListUpdateEdu = Type.Object({
  user_id: userId,
  device_id: deviceId,
  device_display_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  stream_id: Type.Integer(),
  prev_id: Type.Optional(Type.Array(Type.Integer())),
  deleted: Type.Optional(Type.Boolean()),
  keys: Type.Optional(jsonObject),
});
export type DeviceListUpdateEdu = Static<typeof deviceListUpdateEdu>;

/** @see https://spec.matrix.org/v1.19/server-server-api/#end-to-end-encryption */
export const signingKeyUpdateEdu = Type.Object({
  user_id: userId,
  master_key: Type.Optional(jsonObject),
  self_signing_key: Type.Optional(jsonObject),
});
export type SigningKeyUpdateEdu = Static<typeof signingKeyUpdateEdu>;

/** Messages by user and device, `*` for all devices. @see https://spec.matrix.org/v1.19/server-server-api/#send-to-device-messaging */
export const directToDeviceEdu = Type.Object({
  sender: userId,
  type: Type.String({ maxLength: 255 }),
  message_id: Type.String({ maxLength: 255 }),
  messages: Type.Record(Type.String(), Type.Record(Type.String(), jsonObject)),
});
export type DirectToDeviceEdu = Static<typeof directToDeviceEdu>;

/** The shape of `content` by `edu_type`. */
export const eduContents = {
  'm.typing': typingEdu,
  'm.receipt': receiptEdu,
  'm.presence': presenceEdu,
  'm.device_list_update': deviceListUpdateEdu,
  'm.signing_key_update': signingKeyUpdateEdu,
  'm.direct_to_device': directToDeviceEdu,
} as const;
