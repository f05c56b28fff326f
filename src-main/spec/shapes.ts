import { Type } from 'typebox';
import type { JsonObject } from '../base/json.js';
import { isEventId, isNamespacedId, isOpaqueId, isRoomAlias, isRoomId, isUserId } from './grammar.js';
import type { EventId, RoomAlias, RoomId, ServerName, UserId } from './ids.js';
import { type MxcUri, parseMxc } from './mxc.js';
import { isServerName } from './server-name.js';

/** `@alice:example.org`, historic user ids too. */
export const userId = identifier<UserId>(isUserId, 'must be a user id like @alice:example.org');
/** `!opaque:example.org` or `!hash`. */
export const roomId = identifier<RoomId>(isRoomId, 'must be a room id, which begins with !');
/** `$opaque:example.org` or `$hash`. */
export const eventId = identifier<EventId>(isEventId, 'must be an event id, which begins with $');
/** `#name:example.org`. */
export const roomAlias = identifier<RoomAlias>(isRoomAlias, 'must be a room alias like #name:example.org');
/** A room by its id or by one of its aliases. */
export const roomIdOrAlias = identifier<RoomId | RoomAlias>(
  (text) => isRoomId(text) || isRoomAlias(text),
  'must be a room id or a room alias',
);
/** `example.org`, `example.org:8448`, an IP address. */
export const serverName = identifier<ServerName>(isServerName, 'must be a server name like example.org');
/** `mxc://example.org/abc`. */
export const mxc = identifier<MxcUri>((text) => parseMxc(text) !== undefined, 'must be an mxc:// URI');
/** Session ids, client secrets: 1 to 255 of letters, digits and `-._~`. */
export const opaqueId = identifier<string>(isOpaqueId, 'may have 1 to 255 letters, digits and -._~');
/** `m.something`, `org.example.something`. */
export const namespacedId = identifier<string>(isNamespacedId, 'must be an identifier like org.example.something');

/** Any JSON object, such as the content of an event. */
export const jsonObject = Type.Unsafe<JsonObject>({ type: 'object' });

function identifier<Id extends string>(isValid: (text: string) => boolean, what: string) {
  return Type.Refine(
    Type.Unsafe<Id>({ type: 'string' }),
    (text: string) => isValid(text),
    () => what,
  );
}
