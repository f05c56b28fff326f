import { stringAt } from '../../base/json.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { RoomReader, StoredEvent } from '../events/index.js';
import type { DirectoryStore } from './directory.store.js';

/** Rooms as the directory shows them. @see https://spec.matrix.org/v1.19/client-server-api/#definition-publishedroomschunk */
export interface PublicRoom {
  readonly room_id: RoomId;
  readonly num_joined_members: number;
  readonly world_readable: boolean;
  readonly guest_can_join: boolean;
  readonly join_rule?: string;
  readonly name?: string;
  readonly topic?: string;
  readonly canonical_alias?: string;
  readonly avatar_url?: string;
  readonly room_type?: string;
}

export interface PublicRoomsQuery {
  readonly limit: number;
  readonly since: string | undefined;
  readonly searchTerm: string | undefined;
  /** `null`: rooms without a type */
  readonly roomTypes: readonly (string | null)[] | undefined;
}

export interface PublicRoomsPage {
  readonly chunk: readonly PublicRoom[];
  readonly next_batch?: string;
  readonly prev_batch?: string;
  readonly total_room_count_estimate: number;
}

/** Published rooms looked at: more than any server of this kind has, and a bound. */
const MOST_ROOMS = 10_000;

/** What the directory shows of a room, by the state event that says it. */
const SHOWN = {
  create: 'm.room.create',
  name: 'm.room.name',
  topic: 'm.room.topic',
  alias: 'm.room.canonical_alias',
  avatar: 'm.room.avatar',
  joinRules: 'm.room.join_rules',
  history: 'm.room.history_visibility',
  guests: 'm.room.guest_access',
} as const;
type Shown = { readonly [key in keyof typeof SHOWN]: StoredEvent | undefined };

/** The published rooms of this server, the largest first. */
export class PublicRooms {
  constructor(
    private readonly deps: { readonly db: Database; readonly store: DirectoryStore; readonly reader: RoomReader },
  ) {}

  /** @throws MatrixError M_INVALID_PARAM for a `since` that is not ours */
  async page(query: PublicRoomsQuery): Promise<PublicRoomsPage> {
    const start = startOf(query.since);
    const all = (await this.#rooms()).filter((room) => isWanted(room, query));
    all.sort((a, b) => b.num_joined_members - a.num_joined_members || (a.room_id < b.room_id ? -1 : 1));
    const end = start + query.limit;
    return {
      chunk: all.slice(start, end),
      total_room_count_estimate: all.length,
      ...(end < all.length && { next_batch: `p${end}` }),
      ...(start > 0 && { prev_batch: `p${Math.max(0, start - query.limit)}` }),
    };
  }

  async #rooms(): Promise<PublicRoom[]> {
    const { db, store, reader } = this.deps;
    const roomIds = await store.published(db, MOST_ROOMS);
    const counts = await reader.countsOf(roomIds);
    const columns = new Map<string, ReadonlyMap<RoomId, StoredEvent>>();
    for (const [key, type] of Object.entries(SHOWN)) columns.set(key, await reader.stateInRooms(roomIds, [type, '']));
    return roomIds.map((roomId) => {
      const shown = Object.fromEntries(Object.keys(SHOWN).map((key) => [key, columns.get(key)?.get(roomId)]));
      return toPublicRoom(roomId, counts.get(roomId) ?? 0, shown as Shown);
    });
  }
}

function toPublicRoom(roomId: RoomId, joined: number, shown: Shown): PublicRoom {
  const optional = {
    name: stringAt(shown.name?.content, 'name'),
    topic: stringAt(shown.topic?.content, 'topic'),
    canonical_alias: stringAt(shown.alias?.content, 'alias'),
    avatar_url: stringAt(shown.avatar?.content, 'url'),
    join_rule: stringAt(shown.joinRules?.content, 'join_rule') ?? 'invite',
    room_type: stringAt(shown.create?.content, 'type'),
  };
  return {
    room_id: roomId,
    num_joined_members: joined,
    world_readable: stringAt(shown.history?.content, 'history_visibility') === 'world_readable',
    guest_can_join: stringAt(shown.guests?.content, 'guest_access') === 'can_join',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== '')),
  };
}

function isWanted(room: PublicRoom, { searchTerm, roomTypes }: PublicRoomsQuery): boolean {
  if (roomTypes && !roomTypes.includes(room.room_type ?? null)) return false;
  if (searchTerm === undefined || searchTerm === '') return true;
  const wanted = searchTerm.toLowerCase();
  return [room.name, room.topic, room.canonical_alias].some((text) => text?.toLowerCase().includes(wanted));
}

function startOf(since: string | undefined): number {
  if (since === undefined || since === '') return 0;
  const digits = /^p(\d{1,9})$/.exec(since)?.[1];
  if (digits === undefined) throw invalidParam('since is not a token of this server');
  return Number(digits);
}
