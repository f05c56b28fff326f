import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import type { EventId, RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { isEventId } from '../../../spec/grammar.js';
import { MAX_AUTH_EVENTS, MAX_PREV_EVENTS } from '../../../spec/event-limits.js';
import { type RoomVersionRules, roomVersionRules } from '../../../spec/room-version.js';
import { type PduDraft, type SealedPdu, sealPdu } from '../../../spec/seal-pdu.js';
import type { SigningKey } from '../../../spec/signing.js';

/** What a server asks another to be let do: come in, ask to, or go. */
export type Asking = 'join' | 'knock' | 'leave';

/** Who wants what in which room. */
export interface Wish {
  readonly asking: Asking;
  readonly roomId: RoomId;
  readonly userId: UserId;
}

/** Where in the room's graph another server would have our event. */
export interface Template {
  readonly rules: RoomVersionRules;
  readonly prevEvents: readonly JsonValue[];
  readonly authEvents: readonly JsonValue[];
  readonly depth: number;
  /** who lets the user in, where only the membership of another room does */
  readonly authoriser: UserId | undefined;
}

/** What another server answered is not what the spec wants; the message is a clause for the log. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

export const AUTHORISER = 'join_authorised_via_users_server';

/**
 * Reads what `/make_join`, `/make_knock` or `/make_leave` answered. Nothing is taken over but the event's place: what it
 * says is for us to write.
 *
 * @throws UnusableAnswer when it is for another room, another user, or something else than was asked
 * @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1make_joinroomiduserid
 */
export function readTemplate(answer: JsonValue, { asking, roomId, userId }: Wish): Template {
  const event = isObject(answer) ? objectAt(answer, 'event') : undefined;
  if (!isObject(answer) || !event) throw new UnusableAnswer('there is no event in the answer');
  const version = answer['room_version'] ?? '1';
  const rules = typeof version === 'string' ? roomVersionRules(version) : undefined;
  if (!rules) throw new UnusableAnswer(`the room is said to be of version ${String(version).slice(0, 40)}`);
  if (event['room_id'] !== roomId) throw new UnusableAnswer('the event is of another room');
  if (event['sender'] !== userId || event['state_key'] !== userId) {
    throw new UnusableAnswer('the event is of another user');
  }
  const content = objectAt(event, 'content') ?? {};
  if (event['type'] !== 'm.room.member' || content['membership'] !== asking) {
    throw new UnusableAnswer(`the event is no ${asking}`);
  }
  const authoriser = asking === 'join' && rules.restrictedJoins ? stringAt(content, AUTHORISER) : undefined;
  return {
    rules,
    prevEvents: references(event, 'prev_events', MAX_PREV_EVENTS, rules),
    authEvents: references(event, 'auth_events', MAX_AUTH_EVENTS, rules),
    depth: depthOf(event),
    authoriser: authoriser as UserId | undefined,
  };
}

function references(event: JsonObject, key: string, most: number, rules: RoomVersionRules): readonly JsonValue[] {
  const list = arrayAt(event, key);
  const isReference = rules.eventReferences === 'ids' ? isId : isPair;
  if (!list || list.length > most || !list.every(isReference)) {
    throw new UnusableAnswer(`${key} is no list of at most ${most} events`);
  }
  return list;
}

const isId = (value: JsonValue | undefined): boolean => typeof value === 'string' && isEventId(value);
const isPair = (value: JsonValue): boolean => Array.isArray(value) && value.length === 2 && isId(value[0]);

/** Where rooms are so old that their depth is no number of JavaScript, the largest one stands for it. */
function depthOf(event: JsonObject): number {
  const depth = Number(event['depth']);
  if (!Number.isInteger(depth) || depth < 0) throw new UnusableAnswer('depth is no number');
  return Math.min(depth, Number.MAX_SAFE_INTEGER);
}

/** The ids in references of any room version. */
export const referencedIds = (list: readonly JsonValue[]): EventId[] =>
  list.map((reference) => (Array.isArray(reference) ? reference[0] : reference) as EventId);

/**
 * Our event at the place that the other server gave it, signed.
 *
 * @param content what the user says, beside the membership and who lets them in
 * @param now ms since the epoch
 */
export function sealWish(
  { asking, roomId, userId }: Wish,
  template: Template,
  content: JsonObject,
  author: { readonly serverName: ServerName; readonly signingKey: SigningKey },
  now: number,
): SealedPdu {
  const { rules, authoriser } = template;
  const { serverName, signingKey } = author;
  const draft: JsonObject = {
    auth_events: template.authEvents,
    content: { ...content, membership: asking, ...(authoriser !== undefined && { [AUTHORISER]: authoriser }) },
    depth: template.depth,
    origin: serverName,
    origin_server_ts: now,
    prev_events: template.prevEvents,
    room_id: roomId,
    sender: userId,
    state_key: userId,
    type: 'm.room.member',
    ...(rules.eventIds === 'random' && { event_id: `$${randomLetters(24)}:${serverName}` }),
  };
  return sealPdu(draft as unknown as PduDraft, rules, serverName, signingKey);
}
