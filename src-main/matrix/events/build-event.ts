import type { JsonObject } from '../../base/json.js';
import { randomLetters } from '../../base/random.js';
import { type Pdu, type RoomEvent, roomEvent } from '../../spec/event.js';
import { roomIdOfCreate } from '../../spec/event-id.js';
import type { EventId, RoomId, ServerName, UserId } from '../../spec/ids.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import { type PduDraft, sealPdu } from '../../spec/seal-pdu.js';
import type { SigningKey } from '../../spec/signing.js';

/** What somebody wants to say in a room. */
export interface EventContent {
  readonly sender: UserId;
  readonly type: string;
  readonly stateKey?: string | undefined;
  readonly content: JsonObject;
  /** of an `m.room.redaction`; it is put where the room version wants it */
  readonly redacts?: EventId | undefined;
}

/** Where in the room's graph it will stand. */
export interface GraphPlace {
  /** undefined for the create event of a room whose id is its hash */
  readonly roomId: RoomId | undefined;
  readonly prevEvents: readonly { readonly eventId: EventId }[];
  readonly authEvents: readonly { readonly eventId: EventId }[];
  readonly depth: number;
  /** ms since the epoch */
  readonly originServerTs: number;
}

/** Whose server makes it. */
export interface Author {
  readonly serverName: ServerName;
  readonly signingKey: SigningKey;
}

/** An event of ours with the canonical JSON that is stored. */
export interface BuiltEvent {
  readonly event: RoomEvent;
  readonly text: string;
}

/** Completes an event of ours: hashes, signature and id. @throws NotCanonicalError */
export function buildEvent(said: EventContent, place: GraphPlace, rules: RoomVersionRules, author: Author): BuiltEvent {
  const draft = pduDraft(said, place, rules, author.serverName);
  const { pdu, eventId, text } = sealPdu(draft, rules, author.serverName, author.signingKey);
  return { event: roomEvent(pdu, rules, eventId, place.roomId ?? roomIdOfCreate(eventId)), text };
}

/** The event before it is hashed and signed. @param serverName whose event it is */
export function pduDraft(
  said: EventContent,
  place: GraphPlace,
  rules: RoomVersionRules,
  serverName: ServerName,
): PduDraft {
  const { sender, type, stateKey, redacts } = said;
  const content = redacts !== undefined && rules.redactsInContent ? { ...said.content, redacts } : said.content;
  return {
    auth_events: references(place.authEvents, rules),
    content,
    depth: place.depth,
    origin_server_ts: place.originServerTs,
    prev_events: references(place.prevEvents, rules),
    sender,
    type,
    ...(place.roomId !== undefined && { room_id: place.roomId }),
    ...(stateKey !== undefined && { state_key: stateKey }),
    ...(redacts !== undefined && !rules.redactsInContent && { redacts }),
    ...(rules.eventIds === 'random' && { event_id: `$${randomLetters(24)}:${serverName}` as EventId }),
  };
}

/** In room versions 1 and 2 a reference is a pair of the id and its hashes, which nobody checks any more. */
const references = (events: GraphPlace['prevEvents'], rules: RoomVersionRules): Pdu['prev_events'] =>
  events.map(({ eventId }) => (rules.eventReferences === 'ids' ? eventId : [eventId, {}]));
