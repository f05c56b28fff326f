import { isObject, type JsonObject, type JsonValue } from '../../base/json.js';
import type { RoomEvent } from '../event.js';
import { DEFAULT_LEVELS, parseLevel } from '../power-levels.js';
import { reject, type Refused } from './verdict.js';

/** A level before and after; undefined where it is not written. */
interface Change {
  readonly key: string;
  readonly current: number | undefined;
  readonly next: number | undefined;
}

/** One object of the content, and whether the new one holds something that is no level. */
interface Section {
  readonly changes: readonly Change[];
  readonly malformed: string | undefined;
}

/**
 * Whether somebody with this power may turn the levels of `before` into those of `event`: nobody touches or gives a
 * level above their own, or takes one from their equals.
 *
 * @returns undefined when all changes are allowed
 */
export function checkLevelChanges(event: RoomEvent, before: RoomEvent, power: number): Refused | undefined {
  return checkNames(event, before, power) ?? checkEvents(event, before, power) ?? checkUsers(event, before, power);
}

function checkNames(event: RoomEvent, before: RoomEvent, power: number): Refused | undefined {
  const { changes, malformed } = compare(event, before.content, event.content, Object.keys(DEFAULT_LEVELS));
  const high = changes.find(({ current }) => isAbove(current, power));
  if (high) return reject(event.rules, 'power_levels.names.current', tooHigh(high.key, power));
  const next = malformed ?? changes.find(({ next }) => isAbove(next, power))?.key;
  return next === undefined ? undefined : reject(event.rules, 'power_levels.names.new', tooHigh(next, power));
}

function checkEvents(event: RoomEvent, before: RoomEvent, power: number): Refused | undefined {
  const { rules } = event;
  const names = rules.notificationLevelsAuthRule ? ['events', 'notifications'] : ['events'];
  const sections = names.map((name) => compareMaps(event, before, name));
  const changes = sections.flatMap((section) => section.changes);
  const high = changes.find(({ current }) => isAbove(current, power));
  if (high) return reject(rules, 'power_levels.events.current.level', tooHigh(high.key, power));
  const malformed = sections.find((section) => section.malformed !== undefined)?.malformed;
  const next = malformed ?? changes.find(({ next }) => isAbove(next, power))?.key;
  return next === undefined ? undefined : reject(rules, 'power_levels.events.new.level', tooHigh(next, power));
}

function checkUsers(event: RoomEvent, before: RoomEvent, power: number): Refused | undefined {
  const { changes } = compareMaps(event, before, 'users');
  const equal = changes.find(({ key, current }) => key !== event.sender && current !== undefined && current >= power);
  if (equal) return reject(event.rules, 'power_levels.users.current.level', tooHigh(equal.key, power));
  const next = changes.find(({ next }) => isAbove(next, power));
  return next && reject(event.rules, 'power_levels.users.new.level', tooHigh(next.key, power));
}

function compareMaps(event: RoomEvent, before: RoomEvent, name: string): Section {
  const [current, next] = [mapAt(before, name), mapAt(event, name)];
  const section = compare(event, current, next, new Set([...Object.keys(current), ...Object.keys(next)]));
  const isNoMap = event.content[name] !== undefined && !isObject(event.content[name]);
  return isNoMap ? { ...section, malformed: name } : section;
}

function compare({ rules }: RoomEvent, before: JsonObject, after: JsonObject, keys: Iterable<string>): Section {
  const level = (value: JsonValue | undefined) => parseLevel(value, rules);
  const changes: Change[] = [];
  let malformed: string | undefined;
  for (const key of keys) {
    const change = { key, current: level(own(before, key)), next: level(own(after, key)) };
    if (change.next === undefined && own(after, key) !== undefined) malformed ??= key;
    if (change.current !== change.next) changes.push(change);
  }
  return { changes, malformed };
}

const own = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function mapAt({ content }: RoomEvent, name: string): JsonObject {
  const value = content[name];
  return isObject(value) ? value : {};
}

const isAbove = (level: number | undefined, power: number): boolean => level !== undefined && level > power;

const tooHigh = (key: string, power: number): string => `a sender with power ${power} may not set ${key} like this`;
