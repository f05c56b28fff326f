import { type JsonObject, type JsonValue, objectAt } from '../base/json.js';
import type { RoomEvent } from './event.js';
import { RawNumber } from './json-text.js';
import type { RoomVersionRules } from './room-version.js';
import { type StateView, createEventOf, creatorIn, creatorsIn } from './state-view.js';

/** The named levels of `m.room.power_levels` and what each is where the room says nothing. */
export const DEFAULT_LEVELS = {
  ban: 50,
  kick: 50,
  redact: 50,
  invite: 0,
  state_default: 50,
  events_default: 0,
  users_default: 0,
} as const;

export type LevelName = keyof typeof DEFAULT_LEVELS;

/** Who may do what in a room. Immutable; made by `powerLevelsOf`. */
export interface PowerLevels {
  /** Infinity for the creators of a room of version 12 and later. */
  powerOf(user: string): number;
  levelFor(name: LevelName): number;
  /** The level that a sender of such an event needs. */
  levelForEvent(type: string, isState: boolean): number;
  /** The level that a sender needs to notify everybody; `name` is `room` for `@room`. */
  notificationLevel(name: string): number;
}

/**
 * The power levels that hold in this state, with the defaults of the room's version: without a power levels event the
 * creator has 100; from room version 12 creators stand above all.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
 */
export function powerLevelsOf(state: StateView): PowerLevels {
  return powerLevels(createEventOf(state), state.get('m.room.power_levels', ''));
}

/** The same for the two events that decide it. Each pair is read once. */
export function powerLevels(create: RoomEvent | undefined, event: RoomEvent | undefined): PowerLevels {
  const source = event ?? create;
  if (!source) return NO_LEVELS;
  const known = read.get(source);
  if (known && known.create === create) return known.levels;
  const levels = event ? written(create, event) : unwritten(create);
  read.set(source, { create, levels });
  return levels;
}

const read = new WeakMap<RoomEvent, { create: RoomEvent | undefined; levels: PowerLevels }>();

/**
 * Reads one level as the room version allows it: an integer, before version 10 also a string of digits, before version
 * 6 also a fraction, which is cut.
 *
 * @returns undefined when the value is not a level
 * @see https://spec.matrix.org/v1.19/rooms/v1/#mroompower_levels-events-accept-values-as-strings
 */
export function parseLevel(value: JsonValue | undefined, rules: RoomVersionRules): number | undefined {
  const number = numberIn(value);
  if (number !== undefined) return parseNumber(number, rules);
  if (typeof value !== 'string' || rules.integerPowerLevels) return undefined;
  return /^\s*[+-]?[0-9]+\s*$/.test(value) ? finite(Number(value)) : undefined;
}

function numberIn(value: unknown): number | undefined {
  if (value instanceof RawNumber) return value.valueOf();
  return typeof value === 'number' ? value : undefined;
}

function parseNumber(value: number, rules: RoomVersionRules): number | undefined {
  if (!rules.strictCanonicalJson) return finite(Math.trunc(value));
  return Number.isSafeInteger(value) ? value : undefined;
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

function written(create: RoomEvent | undefined, event: RoomEvent): PowerLevels {
  const level = (object: JsonObject | undefined, key: string) =>
    object !== undefined && Object.hasOwn(object, key) ? parseLevel(object[key], event.rules) : undefined;
  const { content } = event;
  const [users, events, notifications] = [
    objectAt(content, 'users'),
    objectAt(content, 'events'),
    objectAt(content, 'notifications'),
  ];
  const levelFor = (name: LevelName) => level(content, name) ?? DEFAULT_LEVELS[name];
  const above = privileged(create);
  return {
    levelFor,
    powerOf: (user) => (above.has(user) ? Infinity : (level(users, user) ?? levelFor('users_default'))),
    levelForEvent: (type, isState) => level(events, type) ?? levelFor(isState ? 'state_default' : 'events_default'),
    notificationLevel: (name) => level(notifications, name) ?? DEFAULT_NOTIFICATION_LEVEL,
  };
}

function unwritten(create: RoomEvent | undefined): PowerLevels {
  const above = privileged(create);
  const creator = create && creatorIn(create);
  return {
    ...NO_LEVELS,
    powerOf: (user) => (above.has(user) ? Infinity : user === creator ? 100 : DEFAULT_LEVELS.users_default),
  };
}

const privileged = (create: RoomEvent | undefined): ReadonlySet<string> =>
  new Set(create?.rules.privilegedCreators ? creatorsIn(create) : []);

const DEFAULT_NOTIFICATION_LEVEL = 50;

const NO_LEVELS: PowerLevels = {
  powerOf: () => DEFAULT_LEVELS.users_default,
  levelFor: (name) => DEFAULT_LEVELS[name],
  levelForEvent: (_type, isState) => DEFAULT_LEVELS[isState ? 'state_default' : 'events_default'],
  notificationLevel: () => DEFAULT_NOTIFICATION_LEVEL,
};
