import { isObject, type JsonObject, type JsonValue } from '../base/json.js';
import type { Pdu } from './event.js';
import { isEventId, isRoomId, isUserId } from './grammar.js';
import { RawNumber } from './json-text.js';
import type { RoomVersionRules } from './room-version.js';

/** Whether something has the form of an event; `why` is a clause for the log. */
export type FormatVerdict =
  | { readonly valid: true; readonly pdu: Pdu }
  | { readonly valid: false; readonly why: string };

/**
 * Checks that JSON from another server has the form that the room version gives its events, so that the rest of the
 * house may trust the types of a Pdu. Limits, hashes, signatures and auth rules are not looked at.
 *
 * @param value from `parseJsonLossless`: a number that the version does not allow must not have been changed into one
 *   that it does
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rule 1
 */
export function checkPduFormat(value: JsonValue, rules: RoomVersionRules): FormatVerdict {
  if (!isObject(value)) return { valid: false, why: 'it is no object' };
  const wrong = wrongKey(value, rules) ?? (rules.strictCanonicalJson ? wrongNumber(value) : undefined);
  return wrong === undefined ? { valid: true, pdu: value as Pdu } : { valid: false, why: wrong };
}

type Test = (value: JsonValue | undefined) => boolean;

const isString: Test = (value) => typeof value === 'string';
const isIntegerOrRaw: Test = (value) =>
  Number.isSafeInteger(value) || ((value as unknown) instanceof RawNumber && /^-?\d+$/.test(String(value)));
const isJsonObject: Test = (value) => isObject(value) && !((value as unknown) instanceof RawNumber);
const orAbsent =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

const COMMON: readonly (readonly [key: string, test: Test])[] = [
  ['type', isString],
  ['sender', (value) => typeof value === 'string' && isUserId(value)],
  ['state_key', orAbsent(isString)],
  ['content', isJsonObject],
  ['origin_server_ts', isIntegerOrRaw],
  ['depth', isIntegerOrRaw],
  ['hashes', (value) => isObject(value) && isString(value['sha256'])],
  ['signatures', areSignatures],
  ['unsigned', orAbsent(isJsonObject)],
  ['redacts', orAbsent(isString)],
];

function wrongKey(pdu: JsonObject, rules: RoomVersionRules): string | undefined {
  for (const [key, test] of COMMON) if (!test(pdu[key])) return `${key} is missing or of the wrong type`;
  const isReference = rules.eventReferences === 'pairs' ? isPair : isId;
  for (const key of ['prev_events', 'auth_events']) {
    const references = pdu[key];
    if (!Array.isArray(references) || !references.every(isReference)) return `${key} is no list of events`;
  }
  if (rules.eventIds === 'random' && !isId(pdu['event_id'])) return 'event_id is missing or of the wrong type';
  // Whether a create event may name a room is for the auth rules to say.
  const namesRoom = !(rules.roomIdIsCreateHash && pdu['type'] === 'm.room.create') || pdu['room_id'] !== undefined;
  const { room_id: roomId } = pdu;
  return namesRoom && !(typeof roomId === 'string' && isRoomId(roomId))
    ? 'room_id is missing or no room id'
    : undefined;
}

const isId: Test = (value) => typeof value === 'string' && isEventId(value);
const isPair: Test = (value) => Array.isArray(value) && value.length === 2 && isId(value[0]) && isJsonObject(value[1]);

function areSignatures(value: JsonValue | undefined): boolean {
  return (
    isObject(value) &&
    Object.values(value).every((ofServer) => isObject(ofServer) && Object.values(ofServer).every(isString))
  );
}

function wrongNumber(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : `${value} is no canonical number`;
  if (typeof value !== 'object' || value === null) return undefined;
  if ((value as unknown) instanceof RawNumber) return `${String(value)} is no canonical number`;
  for (const member of Object.values(value)) {
    const wrong = wrongNumber(member as JsonValue | undefined);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
