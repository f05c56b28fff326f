import { type JsonObject, type JsonValue, objectAt } from '../../../base/json.js';
import type { UserId } from '../../../spec/ids.js';
import { DEFAULT_LEVELS, parseLevel } from '../../../spec/power-levels.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';

export interface SuccessorLevels {
  /** what the new room begins with: whoever upgrades has the level to copy everything */
  readonly first: JsonObject;
  /** what it shall say in the end, where that is something else */
  readonly final: JsonObject | undefined;
}

export interface Succession {
  /** `m.room.power_levels` of the old room */
  readonly old: JsonObject;
  readonly oldRules: RoomVersionRules;
  readonly rules: RoomVersionRules;
  readonly upgrader: UserId;
  /** of the old room; they stand above all levels from version 12 on */
  readonly oldCreators: readonly UserId[];
  /** of the new room */
  readonly creators: readonly UserId[];
}

/** What a creator by privilege has where there is none. */
const ADMINISTRATOR = 100;
const MAPS = ['users', 'events', 'notifications'] as const;

/** The power levels of a room that replaces another: the same people have the same say, in the words of its version. */
export function successorLevels(succession: Succession): SuccessorLevels {
  const copied = plainLevels(succession.old, succession.oldRules);
  const final = { ...copied, users: successorUsers(succession, objectAt(copied, 'users') ?? {}) };
  if (succession.rules.privilegedCreators) return { first: final, final: undefined };
  const needed = neededToCopy(copied);
  const own = level(final.users[succession.upgrader]) ?? level(copied['users_default']) ?? DEFAULT_LEVELS.users_default;
  if (own >= needed) return { first: final, final: undefined };
  return { first: { ...final, users: { ...final.users, [succession.upgrader]: needed } }, final };
}

function successorUsers({ oldRules, rules, oldCreators, creators }: Succession, users: JsonObject): JsonObject {
  if (rules.privilegedCreators) {
    return Object.fromEntries(Object.entries(users).filter(([userId]) => !creators.some((each) => each === userId)));
  }
  if (!oldRules.privilegedCreators) return users;
  return { ...users, ...Object.fromEntries(oldCreators.map((userId) => [userId, ADMINISTRATOR])) };
}

/** Levels as integers: old versions took text and fractions too. What is no level is left out. */
function plainLevels(content: JsonObject, oldRules: RoomVersionRules): JsonObject {
  const plain = (levels: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(levels).flatMap(([key, value]) => {
        const parsed = parseLevel(value, oldRules);
        return parsed === undefined ? [] : [[key, parsed]];
      }),
    );
  const maps = MAPS.flatMap((name) => {
    const map = objectAt(content, name);
    return map ? [[name, plain(map)]] : [];
  });
  return { ...plain(content), ...Object.fromEntries(maps) };
}

/** The level that can send any state event, ban, and set the levels themselves. */
function neededToCopy(levels: JsonObject): number {
  const events = Object.values(objectAt(levels, 'events') ?? {}).map((value) => level(value) ?? 0);
  const stateDefault = level(levels['state_default']) ?? DEFAULT_LEVELS.state_default;
  const ban = level(levels['ban']) ?? DEFAULT_LEVELS.ban;
  return Math.max(stateDefault, ban, ...events);
}

const level = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
