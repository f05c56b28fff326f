import { type JsonValue, stringAt } from '../../base/json.js';
import { type Glob, globMatches, globMatchesWords, parseGlob } from '../glob.js';
import { localpartOf } from '../grammar.js';
import { parsePath } from '../property-path.js';
import type { PushEvent, PushReader } from './push-event.js';
import { type PushCondition, READER_ID, READER_LOCALPART } from './ruleset.js';

/**
 * A condition made ready to be checked often. With scope `all` it gives the same answer whoever reads, and is asked once
 * for all readers of an event; with scope `reader` it is asked for each.
 */
export type Check =
  | { readonly scope: 'all'; readonly holds: (event: PushEvent) => boolean }
  | { readonly scope: 'reader'; readonly holds: (event: PushEvent, reader: PushReader) => boolean };

/**
 * Reads a condition. One of unknown kind, or without what its kind needs, never holds.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1
 */
export function compileCondition(condition: PushCondition): Check {
  const known = compiled.get(condition);
  if (known) return known;
  const check = read(condition);
  compiled.set(condition, check);
  return check;
}

/** That the event comes from this room, or from this sender: what rules of these kinds ask by their id. */
export const fromRoom = (roomId: string): Check => forAll((event) => event.event.roomId === roomId);
export const fromSender = (sender: string): Check => forAll((event) => event.event.sender === sender);

/** That the body has the pattern among its words: what content rules ask. */
export const bodyHas = (pattern: string): Check => eventMatch('content.body', pattern);

const compiled = new WeakMap<PushCondition, Check>();

const forAll = (holds: (event: PushEvent) => boolean): Check => ({ scope: 'all', holds });
const forReader = (holds: (event: PushEvent, reader: PushReader) => boolean): Check => ({ scope: 'reader', holds });
const never = forAll(() => false);

function read(condition: PushCondition): Check {
  const key = stringAt(condition, 'key');
  switch (condition.kind) {
    case 'contains_display_name':
      return forReader(({ body }, { displayName }) => body !== undefined && nameIn(body, displayName));
    case 'room_member_count':
      return memberCount(stringAt(condition, 'is') ?? '');
    case 'sender_notification_permission':
      return key === undefined ? never : forAll((event) => event.senderMayNotify(key));
    case 'event_match':
      return key === undefined ? never : eventMatch(key, stringAt(condition, 'pattern'));
    case 'event_property_is':
      return key === undefined ? never : propertyIs(key, condition['value']);
    case 'event_property_contains':
      return key === undefined ? never : propertyContains(key, condition['value']);
    case 'io.element.msc4306.thread_subscription':
      return threadSubscription(condition['subscribed']);
    default:
      return never;
  }
}

/** @see https://github.com/matrix-org/matrix-spec-proposals/pull/4306 */
const threadSubscription = (wanted: JsonValue | undefined): Check =>
  typeof wanted === 'boolean' ? forReader((_event, { isSubscribed }) => isSubscribed === wanted) : never;

function eventMatch(key: string, pattern: string | undefined): Check {
  if (pattern === undefined) return never;
  const path = parsePath(key);
  if (pattern === READER_ID) {
    return forReader((event, reader) => event.text(key, path) === reader.userId.toLowerCase());
  }
  if (pattern === READER_LOCALPART) {
    return forReader(
      ({ body }, { userId }) => body !== undefined && globMatchesWords(literal(localpartOf(userId)), body),
    );
  }
  const glob = parseGlob(pattern.toLowerCase());
  const matches = key === 'content.body' ? globMatchesWords : globMatches;
  return forAll((event) => {
    const text = event.text(key, path);
    return text !== undefined && matches(glob, text);
  });
}

function propertyIs(key: string, value: JsonValue | undefined): Check {
  if (!isSimple(value)) return never;
  const path = parsePath(key);
  return forAll((event) => event.value(path) === value);
}

function propertyContains(key: string, value: JsonValue | undefined): Check {
  if (!isSimple(value)) return never;
  const path = parsePath(key);
  const contains = (event: PushEvent, wanted: JsonValue): boolean => {
    const list = event.value(path);
    return Array.isArray(list) && list.includes(wanted);
  };
  return value === READER_ID
    ? forReader((event, { userId }) => contains(event, userId))
    : forAll((event) => contains(event, value));
}

/** A string, an integer, a boolean or null: no other values are compared. */
const isSimple = (value: JsonValue | undefined): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

/** Empty names are in every text, and nobody's. */
const nameIn = (body: string, displayName: string | undefined): boolean =>
  displayName !== undefined && displayName !== '' && globMatchesWords(literal(displayName), body);

/** Stars in names are stars. */
const literal = (name: string): Glob => ({ pieces: [name.toLowerCase()], marks: false });

function memberCount(is: string): Check {
  const [, comparison, digits] = /^(==|<=|>=|<|>)?(\d{1,15})$/.exec(is) ?? [];
  if (digits === undefined) return never;
  const count = Number(digits);
  switch (comparison) {
    case '<':
      return forAll((event) => event.memberCount < count);
    case '>':
      return forAll((event) => event.memberCount > count);
    case '<=':
      return forAll((event) => event.memberCount <= count);
    case '>=':
      return forAll((event) => event.memberCount >= count);
    default:
      return forAll((event) => event.memberCount === count);
  }
}
