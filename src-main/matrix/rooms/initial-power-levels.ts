import type { JsonObject } from '../../base/json.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import type { NewRoom, Preset } from './new-room.js';

/** The level of a room's administrators where they are no privileged creators. */
const ADMINISTRATOR = 100;
/** Above what any administrator by level has: only creators replace a room of version 12 and later. */
const CREATORS_ONLY = 150;

/**
 * The power levels of a new room, before its initial state may say otherwise.
 *
 * @param configured what the server's configuration says of rooms of this preset
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#creation
 */
export function initialPowerLevels(
  room: NewRoom,
  rules: RoomVersionRules,
  preset: Preset,
  configured: JsonObject = {},
): JsonObject {
  return {
    users: administrators(room, rules, preset),
    users_default: 0,
    events: {
      'm.room.name': 50,
      'm.room.power_levels': 100,
      'm.room.history_visibility': 100,
      'm.room.canonical_alias': 50,
      'm.room.avatar': 50,
      'm.room.tombstone': rules.privilegedCreators ? CREATORS_ONLY : 100,
      'm.room.server_acl': 100,
      'm.room.encryption': 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    // People in a private room may bring others; in a public one everybody can come by themselves.
    invite: preset === 'public_chat' ? 50 : 0,
    historical: 100,
    ...configured,
    ...room.powerLevels,
  };
}

function administrators(room: NewRoom, rules: RoomVersionRules, preset: Preset): JsonObject {
  if (rules.privilegedCreators) return {};
  const people = preset === 'trusted_private_chat' ? [room.creator, ...room.invite] : [room.creator];
  return Object.fromEntries(people.map((userId) => [userId, ADMINISTRATOR]));
}
