import { isObject, type JsonObject } from '../base/json.js';
import type { RoomEvent } from './event.js';
import type { EventId, RoomId, UserId } from './ids.js';
import { redactContent, redactPdu } from './redaction.js';

/**
 * What this server adds to an event for one reader; not part of the event itself.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#definition-clientevent
 */
export interface Unsigned extends JsonObject {
  /** ms since the event was sent, by this server's clock */
  readonly age?: number;
  readonly redacted_because?: ClientEvent;
  /** for the device that sent the event only */
  readonly transaction_id?: string;
  /** for readers who may see the event that this one replaced */
  readonly prev_content?: JsonObject;
  readonly replaces_state?: EventId;
  /** the reader's membership just after the event */
  readonly membership?: string;
  readonly 'm.relations'?: JsonObject;
}

/** An event as clients see it. `room_id` is absent in /sync, where it is said elsewhere. */
export interface ClientEvent extends JsonObject {
  readonly type: string;
  readonly event_id: EventId;
  readonly room_id?: RoomId;
  readonly sender: UserId;
  readonly state_key?: string;
  readonly content: JsonObject;
  /** ms since the epoch */
  readonly origin_server_ts: number;
  readonly redacts?: EventId;
  readonly unsigned?: Unsigned;
}

/** An event of a room that the reader is not in: no more than invites and knocks show. */
export interface StrippedState extends JsonObject {
  readonly type: string;
  readonly state_key: string;
  readonly sender: UserId;
  readonly content: JsonObject;
}

export interface ClientEventOptions {
  /** false for /sync and for application services' rooms, where the response names the room elsewhere */
  readonly withRoomId: boolean;
  readonly unsigned?: Unsigned;
  /** the redaction that took effect on this event: its content is then cut, and the redaction shown in `unsigned` */
  readonly redactedBecause?: RoomEvent | undefined;
}

/** The state that invites and knocks show of a room, beside the inviter's and the reader's membership. */
export const STRIPPED_STATE_TYPES: readonly string[] = [
  'm.room.create',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.encryption',
];

/**
 * An event in the format for clients. What a redaction redacts stands in both its places, whatever the room version
 * says, for clients that know only one.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-event-format
 */
export function clientEvent(event: RoomEvent, options: ClientEventOptions): ClientEvent {
  const { withRoomId, redactedBecause } = options;
  const unsigned = allUnsigned(options);
  return {
    type: event.type,
    event_id: event.eventId,
    ...(withRoomId && { room_id: event.roomId }),
    sender: event.sender,
    ...(event.stateKey !== undefined && { state_key: event.stateKey }),
    content: contentOf(event, redactedBecause !== undefined),
    origin_server_ts: event.originServerTs,
    ...(event.redacts !== undefined && { redacts: event.redacts }),
    ...(unsigned && { unsigned }),
  };
}

/** The event as servers send it, for clients whose filter asks for `event_format: federation`. */
export function federationEvent(event: RoomEvent, options: ClientEventOptions): JsonObject {
  const unsigned = allUnsigned(options);
  return {
    ...(options.redactedBecause ? redactPdu(event.pdu, event.rules) : event.pdu),
    event_id: event.eventId,
    room_id: event.roomId,
    unsigned,
  };
}

/**
 * A state event as invites and knocks show it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#stripped-state
 */
export const strippedState = (event: RoomEvent): StrippedState => ({
  type: event.type,
  state_key: event.stateKey ?? '',
  sender: event.sender,
  content: event.content,
});

function contentOf(event: RoomEvent, isRedacted: boolean): JsonObject {
  const content = isRedacted ? redactContent(event.type, event.content, event.rules) : event.content;
  if (event.redacts === undefined || isRedacted || !isObject(content)) return content;
  return event.rules.redactsInContent ? content : { ...content, redacts: event.redacts };
}

function allUnsigned({ unsigned, redactedBecause, withRoomId }: ClientEventOptions): Unsigned | undefined {
  if (!redactedBecause) return unsigned;
  return { ...unsigned, redacted_because: clientEvent(redactedBecause, { withRoomId }) };
}
