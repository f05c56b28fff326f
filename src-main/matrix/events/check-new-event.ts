import { isObject, type JsonObject, type JsonValue, stringAt } from '../../base/json.js';
import { badJson } from '../../spec/errors.js';
import { globMatches, parseGlob } from '../../spec/glob.js';
import type { ServerName } from '../../spec/ids.js';
import { DEFAULT_LEVELS } from '../../spec/power-levels.js';
import { membershipIn } from '../../spec/state-view.js';
import type { EventContent } from './build-event.js';

type Check = (event: EventContent, serverName: ServerName) => void;

/**
 * What this server asks of events that it makes itself, beyond the auth rules: nobody here sends what clients could not
 * read, or what would lock this server out of its own room.
 *
 * @throws MatrixError M_BAD_JSON
 */
export function checkNewEvent(event: EventContent, serverName: ServerName): void {
  CHECKS[event.type]?.(event, serverName);
  if (event.content['m.mentions'] !== undefined) checkMentions(event.content['m.mentions']);
}

const CHECKS: Readonly<Record<string, Check | undefined>> = Object.assign(Object.create(null) as object, {
  'm.room.message': (event: EventContent) => requireStrings(event, ['body', 'msgtype']),
  'm.room.name': (event: EventContent) => {
    requireState(event);
    requireStrings(event, ['name']);
  },
  'm.room.topic': (event: EventContent) => {
    requireState(event);
    requireStrings(event, ['topic']);
  },
  'm.room.tombstone': (event: EventContent) => {
    requireState(event);
    requireStrings(event, ['replacement_room']);
  },
  'm.room.redaction': ({ redacts }: EventContent) => {
    if (redacts === undefined) throw badJson('a redaction must say what it redacts');
  },
  'm.room.member': checkMember,
  'm.room.power_levels': checkPowerLevels,
  'm.room.server_acl': checkServerAcl,
  'm.room.retention': checkRetention,
});

function requireState({ type, stateKey }: EventContent): void {
  if (stateKey === undefined) throw badJson(`${type} is a state event`);
}

function requireStrings({ content, type }: EventContent, keys: readonly string[]): void {
  const missing = keys.find((key) => stringAt(content, key) === undefined);
  if (missing !== undefined) throw badJson(`${type} needs ${missing}, a string`);
}

function checkMember(event: EventContent): void {
  requireState(event);
  if (membershipIn(event.content) === undefined) throw badJson('membership must be join, invite, knock, leave or ban');
}

/** Levels of new events are integers in every room version, whatever old rooms may hold. */
function checkPowerLevels(event: EventContent): void {
  const { content } = event;
  requireState(event);
  const name = Object.keys(DEFAULT_LEVELS).find((key) => content[key] !== undefined && !isLevel(content[key]));
  if (name !== undefined) throw badJson(`${name} must be an integer`);
  for (const map of ['users', 'events', 'notifications']) {
    const levels = content[map];
    if (levels !== undefined && !isLevelMap(levels)) throw badJson(`${map} must be an object of integers`);
  }
}

const isLevel = (value: JsonValue | undefined): boolean => Number.isSafeInteger(value);
const isLevelMap = (value: JsonValue): boolean => isObject(value) && Object.values(value).every(isLevel);

function checkServerAcl({ content }: EventContent, serverName: ServerName): void {
  const isIn = (key: string) =>
    listAt(content, key).some((glob) => typeof glob === 'string' && globMatches(parseGlob(glob), serverName));
  if (isIn('deny') || !isIn('allow')) throw badJson('this access list would lock this server out of the room');
}

/** @see https://github.com/matrix-org/matrix-spec-proposals/pull/1763 */
function checkRetention(event: EventContent): void {
  requireState(event);
  const { min_lifetime: min, max_lifetime: max } = event.content;
  for (const [name, value] of Object.entries({ min_lifetime: min, max_lifetime: max })) {
    if (value !== undefined && value !== null && !isLevel(value)) throw badJson(`${name} must be an integer`);
  }
  if (typeof min === 'number' && typeof max === 'number' && max < min) {
    throw badJson('max_lifetime must not be shorter than min_lifetime');
  }
}

const listAt = (content: JsonObject, key: string): readonly JsonValue[] => {
  const list = content[key];
  return Array.isArray(list) ? list : [];
};

/** @see https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions */
function checkMentions(mentions: JsonValue): void {
  if (!isObject(mentions)) throw badJson('m.mentions must be an object');
  const { user_ids: userIds, room } = mentions;
  const areStrings = Array.isArray(userIds) && userIds.every((userId) => typeof userId === 'string');
  if (userIds !== undefined && !areStrings) throw badJson("m.mentions' user_ids must be a list of strings");
  if (room !== undefined && typeof room !== 'boolean') throw badJson("m.mentions' room must be true or false");
}
