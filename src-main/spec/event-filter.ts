import { type Static, Type } from 'typebox';
import { type JsonObject, objectAt, stringAt } from '../base/json.js';
import { type Glob, globMatches, parseStars } from './glob.js';
import { roomId, userId } from './shapes.js';

/** Longest list in a filter. */
const MAX_LIST = 10_000;
/** Most patterns in a list of types: names are looked up, but each pattern is tried with every event. */
const MAX_PATTERNS = 100;

const listOf = <S extends Parameters<typeof Type.Array>[0]>(items: S) =>
  Type.Optional(Type.Array(items, { maxItems: MAX_LIST }));

const types = () =>
  Type.Optional(
    Type.Array(Type.String(), {
      maxItems: MAX_LIST,
      contains: Type.String({ pattern: '\\*' }),
      minContains: 0,
      maxContains: MAX_PATTERNS,
    }),
  );

const eventFilterKeys = {
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  types: types(),
  not_types: types(),
  senders: listOf(userId),
  not_senders: listOf(userId),
};

/** Which events of those outside rooms: presence, account data. */
export const eventFilter = Type.Object(eventFilterKeys);
export type EventFilter = Static<typeof eventFilter>;

/**
 * Which events of rooms. `related_by_*` ask for events that others relate to, which the event itself does not tell: who
 * reads the events must look that up.
 */
export const roomEventFilter = Type.Object({
  ...eventFilterKeys,
  rooms: listOf(roomId),
  not_rooms: listOf(roomId),
  contains_url: Type.Optional(Type.Boolean()),
  lazy_load_members: Type.Optional(Type.Boolean()),
  include_redundant_members: Type.Optional(Type.Boolean()),
  unread_thread_notifications: Type.Optional(Type.Boolean()),
  related_by_senders: listOf(userId),
  related_by_rel_types: listOf(Type.String()),
  'org.matrix.msc3874.rel_types': listOf(Type.String()),
  'org.matrix.msc3874.not_rel_types': listOf(Type.String()),
});
export type RoomEventFilter = Static<typeof roomEventFilter>;

export const roomFilter = Type.Object({
  rooms: listOf(roomId),
  not_rooms: listOf(roomId),
  include_leave: Type.Optional(Type.Boolean()),
  account_data: Type.Optional(roomEventFilter),
  ephemeral: Type.Optional(roomEventFilter),
  state: Type.Optional(roomEventFilter),
  timeline: Type.Optional(roomEventFilter),
});
export type RoomFilter = Static<typeof roomFilter>;

/**
 * What a client wants of a /sync.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering
 */
export const filter = Type.Object({
  event_fields: listOf(Type.String()),
  event_format: Type.Optional(Type.Union([Type.Literal('client'), Type.Literal('federation')])),
  presence: Type.Optional(eventFilter),
  account_data: Type.Optional(eventFilter),
  room: Type.Optional(roomFilter),
});
export type Filter = Static<typeof filter>;

/** What a filter looks at. Events outside rooms have no room, some have no sender: a filter that names any refuses them. */
export interface Filterable {
  readonly type: string;
  readonly sender?: string | undefined;
  readonly roomId?: string | undefined;
  readonly content?: JsonObject | undefined;
}

/**
 * Whether `filter` lets `event` through; without a filter everything. What it excludes is excluded even where it is
 * also included, and an empty list of what to include includes nothing. `limit`, lazy loading and `related_by_*` are
 * not looked at.
 */
export function matchesRoomEventFilter(event: Filterable, filter: RoomEventFilter | undefined): boolean {
  if (!filter) return true;
  const compiled = compile(filter);
  return (
    passes(event.roomId, compiled.rooms, compiled.notRooms) &&
    passes(event.sender, compiled.senders, compiled.notSenders) &&
    passesTypes(event.type, compiled) &&
    passesContent(event.content, filter)
  );
}

/** Whether a filter lets anything of this room through. */
export function matchesRoom(roomId: string, filter: RoomChoice | undefined): boolean {
  if (!filter) return true;
  const { rooms, notRooms } = compile(filter);
  return passes(roomId, rooms, notRooms);
}

/** How many events `filter` asks for: between 1 and `most`, `fallback` where it does not say. */
export const limitOf = (filter: EventFilter | undefined, fallback: number, most: number): number =>
  Math.min(Math.max(filter?.limit ?? fallback, 1), most);

/** The part of filters that chooses rooms. */
type RoomChoice = Pick<RoomEventFilter, 'rooms' | 'not_rooms'>;

interface Compiled {
  readonly rooms: ReadonlySet<string> | undefined;
  readonly notRooms: ReadonlySet<string> | undefined;
  readonly senders: ReadonlySet<string> | undefined;
  readonly notSenders: ReadonlySet<string> | undefined;
  readonly types: TypeSet | undefined;
  readonly notTypes: TypeSet | undefined;
}

/** Types by name, and the patterns among them. */
interface TypeSet {
  readonly names: ReadonlySet<string>;
  readonly globs: readonly Glob[];
}

/** As long as somebody holds the filter, its sets are held too. */
const compiledFilters = new WeakMap<object, Compiled>();

function compile(filter: RoomEventFilter): Compiled {
  const known = compiledFilters.get(filter);
  if (known) return known;
  const compiled = {
    rooms: setOf(filter.rooms),
    notRooms: setOf(filter.not_rooms),
    senders: setOf(filter.senders),
    notSenders: setOf(filter.not_senders),
    types: typeSetOf(filter.types),
    notTypes: typeSetOf(filter.not_types),
  };
  compiledFilters.set(filter, compiled);
  return compiled;
}

const setOf = (list: readonly string[] | undefined): ReadonlySet<string> | undefined => list && new Set(list);

const typeSetOf = (types: readonly string[] | undefined): TypeSet | undefined =>
  types && {
    names: new Set(types.filter((type) => !type.includes('*'))),
    globs: types.filter((type) => type.includes('*')).map(parseStars),
  };

function passes(
  value: string | undefined,
  included: ReadonlySet<string> | undefined,
  excluded: ReadonlySet<string> | undefined,
): boolean {
  if (value === undefined) return included === undefined;
  return excluded?.has(value) !== true && included?.has(value) !== false;
}

const passesTypes = (type: string, { types, notTypes }: Compiled): boolean =>
  !(notTypes && hasType(notTypes, type)) && (!types || hasType(types, type));

const hasType = ({ names, globs }: TypeSet, type: string): boolean =>
  names.has(type) || globs.some((glob) => globMatches(glob, type));

function passesContent(content: JsonObject | undefined, filter: RoomEventFilter): boolean {
  if (filter.contains_url !== undefined && (stringAt(content, 'url') !== undefined) !== filter.contains_url)
    return false;
  const wanted = filter['org.matrix.msc3874.rel_types'];
  const unwanted = filter['org.matrix.msc3874.not_rel_types'];
  if (!wanted && !unwanted) return true;
  const relType = stringAt(objectAt(content, 'm.relates_to'), 'rel_type');
  if (relType === undefined) return wanted === undefined;
  return unwanted?.includes(relType) !== true && wanted?.includes(relType) !== false;
}
