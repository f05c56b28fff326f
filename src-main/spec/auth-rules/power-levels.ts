import { isObject, type JsonObject, type JsonValue } from '../../base/json.js';
import type { RoomEvent } from '../event.js';
import { DEFAULT_LEVELS, type LevelName, parseLevel, powerLevelsOf } from '../power-levels.js';
import { createEventOf, creatorsIn, type StateView } from '../state-view.js';
import { checkLevelChanges } from './level-changes.js';
import { allow, reject, type Verdict } from './verdict.js';

/**
 * `m.room.power_levels`: rule 9 or 10. First what the new levels say by themselves, then who changes what.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function checkPowerLevels(event: RoomEvent, state: StateView): Verdict {
  const malformed = checkIntegers(event) ?? checkUsers(event) ?? checkCreators(event, state);
  if (malformed) return malformed;
  const current = state.get('m.room.power_levels', '');
  if (!current) return allow;
  return checkLevelChanges(event, current, powerLevelsOf(state).powerOf(event.sender)) ?? allow;
}

const LEVEL_NAMES = Object.keys(DEFAULT_LEVELS) as readonly LevelName[];

function checkIntegers({ rules, content }: RoomEvent): Verdict | undefined {
  if (!rules.integerPowerLevels) return undefined;
  const isLevel = (value: JsonValue | undefined) => parseLevel(value, rules) !== undefined;
  const name = LEVEL_NAMES.find((name) => content[name] !== undefined && !isLevel(content[name]));
  if (name !== undefined) return reject(rules, 'power_levels.integers', `${name} is not an integer`);
  const map = ['events', 'notifications'].find((name) => content[name] !== undefined && !isMap(content[name], isLevel));
  return map === undefined ? undefined : reject(rules, 'power_levels.maps', `${map} has values that are no integers`);
}

function checkUsers({ rules, content }: RoomEvent): Verdict | undefined {
  const { users } = content;
  if (users === undefined) return undefined;
  if (!isMap(users, (value) => parseLevel(value, rules) !== undefined)) {
    return reject(rules, 'power_levels.users', 'users has values that are no levels');
  }
  const stranger = Object.keys(users as JsonObject).find((user) => !NAMES_A_USER.test(user));
  return stranger === undefined ? undefined : reject(rules, 'power_levels.users', `${stranger} is no user id`);
}

/** As much as Synapse asks for. Asking for a valid server name too would refuse levels that rooms live with. */
const NAMES_A_USER = /^@[^:]*:/;

function checkCreators({ rules, content }: RoomEvent, state: StateView): Verdict | undefined {
  const create = createEventOf(state);
  const { users } = content;
  if (!rules.privilegedCreators || !create || !isObject(users)) return undefined;
  const creator = creatorsIn(create).find((user) => Object.hasOwn(users, user));
  if (creator === undefined) return undefined;
  return reject(rules, 'power_levels.creators', `${creator} created the room and stands above all levels`);
}

const isMap = (value: JsonValue | undefined, isEntry: (value: JsonValue | undefined) => boolean): boolean =>
  isObject(value) && Object.values(value).every(isEntry);
