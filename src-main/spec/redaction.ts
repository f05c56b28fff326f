import { isObject, type JsonObject } from '../base/json.js';
import type { Pdu } from './event.js';
import type { RoomVersionRules } from './room-version.js';

/**
 * The event without what its type does not need: what stays after a redaction, and what signatures and event ids cover.
 * Redacting twice changes nothing more.
 *
 * @param pdu its `type` must be a string; other keys may be absent or malformed
 * @see https://spec.matrix.org/v1.19/rooms/v12/#redactions and the same section of the older versions
 */
export function redactPdu<P extends JsonObject = Pdu>(pdu: P, rules: RoomVersionRules): P {
  const kept: Record<string, JsonObject[string]> = {};
  for (const key of rules.redactionRulesOf11 ? KEYS : OLD_KEYS) if (pdu[key] !== undefined) kept[key] = pdu[key];
  const { type, content } = pdu;
  if (isObject(content)) kept['content'] = redactContent(typeof type === 'string' ? type : '', content, rules);
  return kept as P;
}

/** What redaction leaves of `content`; the same object when that is everything. */
export function redactContent(type: string, content: JsonObject, rules: RoomVersionRules): JsonObject {
  switch (type) {
    case 'm.room.member':
      return redactMember(content, rules);
    case 'm.room.create':
      return rules.redactionRulesOf11 ? content : pick(content, ['creator']);
    case 'm.room.join_rules':
      return pick(content, rules.restrictedJoins ? ['join_rule', 'allow'] : ['join_rule']);
    case 'm.room.power_levels':
      return pick(content, rules.redactionRulesOf11 ? [...POWER_LEVELS, 'invite'] : POWER_LEVELS);
    case 'm.room.aliases':
      return rules.aliasesAuthRule ? pick(content, ['aliases']) : {};
    case 'm.room.history_visibility':
      return pick(content, ['history_visibility']);
    case 'm.room.redaction':
      return rules.redactionRulesOf11 ? pick(content, ['redacts']) : {};
    default:
      return {};
  }
}

const KEYS = [
  'auth_events',
  'content',
  'depth',
  'event_id',
  'hashes',
  'origin_server_ts',
  'prev_events',
  'room_id',
  'sender',
  'signatures',
  'state_key',
  'type',
];
const OLD_KEYS = [...KEYS, 'membership', 'origin', 'prev_state'];

const POWER_LEVELS = ['ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users', 'users_default'];

function redactMember(content: JsonObject, rules: RoomVersionRules): JsonObject {
  const kept = pick(
    content,
    rules.redactionKeepsAuthorisingUser ? ['membership', 'join_authorised_via_users_server'] : ['membership'],
  );
  const invite = content['third_party_invite'];
  // Of a malformed invitation an empty one stays, as other servers have it: the event id depends on it.
  if (!rules.redactionRulesOf11 || !isObject(invite)) return kept;
  return { ...kept, third_party_invite: pick(invite, ['signed']) };
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  const kept: Record<string, JsonObject[string]> = {};
  for (const key of keys) if (object[key] !== undefined) kept[key] = object[key];
  return kept;
}
