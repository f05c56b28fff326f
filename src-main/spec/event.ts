import type { JsonObject } from '../base/json.js';
import type { EventId, RoomId, ServerName, UserId } from './ids.js';
import type { RoomVersionRules } from './room-version.js';

/**
 * An event as servers send it to each other. Its exact keys depend on the room version, so nothing but the functions
 * of `spec/` should read `prev_events`, `auth_events`, `room_id`, `event_id` or `redacts` here: ask the RoomEvent.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v12/#event-format
 */
export interface Pdu extends JsonObject {
  readonly type: string;
  readonly sender: UserId;
  /** Absent in the create event of room version 12 and later. */
  readonly room_id?: RoomId;
  /** Present in room versions 1 and 2 only. */
  readonly event_id?: EventId;
  readonly state_key?: string;
  readonly content: JsonObject;
  /** ms since the epoch, as the sender's server says */
  readonly origin_server_ts: number;
  readonly depth: number;
  /** Ids, or in room versions 1 and 2 pairs of an id and its hashes. */
  readonly prev_events: readonly (EventId | readonly [EventId, JsonObject])[];
  readonly auth_events: readonly (EventId | readonly [EventId, JsonObject])[];
  readonly hashes: { readonly sha256: string };
  readonly signatures: Signatures;
  readonly redacts?: EventId;
  readonly unsigned?: JsonObject;
}

/** `{ [server]: { [keyId]: unpadded base64 } }` */
export type Signatures = { readonly [server: ServerName]: { readonly [keyId: string]: string } };

/**
 * An event of a room with everything at hand, whatever the room version hides in the wire format.
 * Immutable; made by `roomEvent()`.
 */
export interface RoomEvent {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly type: string;
  readonly sender: UserId;
  /** undefined for events that are not state */
  readonly stateKey: string | undefined;
  readonly content: JsonObject;
  /** ms since the epoch */
  readonly originServerTs: number;
  readonly depth: number;
  readonly prevEvents: readonly EventId[];
  readonly authEvents: readonly EventId[];
  /** what an `m.room.redaction` redacts, wherever the version puts it */
  readonly redacts: EventId | undefined;
  readonly rules: RoomVersionRules;
  /** the wire form, with hashes and signatures */
  readonly pdu: Pdu;
}

/** `type` and `state_key` of a state event. */
export type StateKey = readonly [type: string, stateKey: string];

/**
 * Gives an event its id and its room.
 *
 * @param eventId the id computed by `event-id.ts`, or in room versions 1 and 2 the PDU's own
 * @param roomId the room's id: for the create event of version 12 `!` and its own hash
 */
export function roomEvent(pdu: Pdu, rules: RoomVersionRules, eventId: EventId, roomId: RoomId): RoomEvent {
  const redacts = rules.redactsInContent ? pdu.content['redacts'] : pdu.redacts;
  return {
    eventId,
    roomId,
    type: pdu.type,
    sender: pdu.sender,
    stateKey: pdu.state_key,
    content: pdu.content,
    originServerTs: safeInteger(pdu.origin_server_ts),
    depth: safeInteger(pdu.depth),
    prevEvents: ids(pdu.prev_events),
    authEvents: ids(pdu.auth_events),
    redacts: pdu.type === 'm.room.redaction' && typeof redacts === 'string' ? (redacts as EventId) : undefined,
    rules,
    pdu,
  };
}

const ids = (references: Pdu['prev_events']): EventId[] =>
  references.map((reference) => (typeof reference === 'string' ? reference : reference[0]));

/** Old rooms may have RawNumbers here, to 2^63-1: what they order stays in order up to the largest safe integer. */
const safeInteger = (value: number): number => Math.min(Math.trunc(Number(value)), Number.MAX_SAFE_INTEGER);
