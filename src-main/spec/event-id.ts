import type { JsonObject } from '../base/json.js';
import { sha256Base64, sha256Base64Url } from '../base/sha256.js';
import { canonicalJson } from './canonical-json.js';
import type { EventId, RoomId } from './ids.js';
import { redactPdu } from './redaction.js';
import type { RoomVersionRules } from './room-version.js';

/**
 * The bytes that signatures and the reference hash cover: canonical JSON of the redacted event without `signatures`.
 *
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/server-server-api/#signing-events
 */
export const signedText = (pdu: JsonObject, rules: RoomVersionRules): string =>
  canonicalJson({ ...redactPdu(pdu, rules), signatures: undefined }, rules.strictCanonicalJson ? 'strict' : 'lenient');

/**
 * The hash that stands for an event in references to it: unpadded base64, URL-safe where the version's event ids are.
 *
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/server-server-api/#calculating-the-reference-hash-for-an-event
 */
export const referenceHash = (pdu: JsonObject, rules: RoomVersionRules): string =>
  hashOf(signedText(pdu, rules), rules);

/**
 * The event's id: in room versions 1 and 2 its own `event_id`, since then its reference hash.
 *
 * @throws NotCanonicalError; an Error when an event of room version 1 or 2 has no `event_id`
 * @see https://spec.matrix.org/v1.19/appendices/#event-ids
 */
export function eventIdOf(pdu: JsonObject, rules: RoomVersionRules): EventId {
  if (rules.eventIds !== 'random') return `$${referenceHash(pdu, rules)}`;
  return ownEventId(pdu);
}

/** The event's id, given the text that its signatures cover. */
export function eventIdOfText(text: string, pdu: JsonObject, rules: RoomVersionRules): EventId {
  return rules.eventIds === 'random' ? ownEventId(pdu) : `$${hashOf(text, rules)}`;
}

/** The room whose create event has this id, in versions where the create event names the room (12 and later). */
export const roomIdOfCreate = (createEventId: EventId): RoomId => `!${createEventId.slice(1)}`;

/** The create event of a room whose id is its hash (version 12 and later). */
export const createEventIdOf = (roomId: RoomId): EventId => `$${roomId.slice(1)}`;

/**
 * The room an event is in: its `room_id`, or for the create event of room version 12 and later the one it makes.
 * Undefined when it has neither.
 */
export function roomIdOf(pdu: JsonObject, rules: RoomVersionRules, eventId: EventId): RoomId | undefined {
  const { room_id: roomId } = pdu;
  if (typeof roomId === 'string') return roomId as RoomId;
  return rules.roomIdIsCreateHash && pdu['type'] === 'm.room.create' ? roomIdOfCreate(eventId) : undefined;
}

const hashOf = (text: string, rules: RoomVersionRules): string =>
  rules.eventIds === 'reference-hash-url-safe' ? sha256Base64Url(text) : sha256Base64(text);

function ownEventId(pdu: JsonObject): EventId {
  const { event_id: eventId } = pdu;
  if (typeof eventId !== 'string') throw new Error('an event of room version 1 or 2 has no event_id');
  return eventId as EventId;
}
