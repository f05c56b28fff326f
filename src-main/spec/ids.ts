/** `@localpart:server`. @see https://spec.matrix.org/v1.19/appendices/#user-identifiers */
export type UserId = `@${string}:${string}`;
/** `!opaque:server` to room version 11, `!hash` from 12. @see https://spec.matrix.org/v1.19/appendices/#room-ids */
export type RoomId = `!${string}`;
/** `$opaque:server` in room versions 1 and 2, `$hash` since. @see https://spec.matrix.org/v1.19/appendices/#event-ids */
export type EventId = `$${string}`;
/** `#name:server`. @see https://spec.matrix.org/v1.19/appendices/#room-aliases */
export type RoomAlias = `#${string}:${string}`;
/** `host` or `host:port`. @see https://spec.matrix.org/v1.19/appendices/#server-name */
export type ServerName = string;
/** Opaque; ours are ten capital letters. */
export type DeviceId = string;
/** `1` ... `12`, or a name that no rule here knows. */
export type RoomVersion = string;
