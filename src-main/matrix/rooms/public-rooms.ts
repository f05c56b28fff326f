import type { Cache, Caches } from '../../base/caches.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import { roomTopic } from '../../storage/news.js';
import type { DirectoryStore } from './directory.store.js';
import type { PublicRoom, RoomCards } from './room-cards.js';

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

/** A room as it was when nothing had happened in it after `at`. */
interface KnownRoom {
  readonly at: Position;
  readonly room: PublicRoom;
}

/** What a room takes in memory, about. */
const bytesOf = ({ room }: KnownRoom): number => 500 + 2 * JSON.stringify(room).length;

/** The published rooms of this server, the largest first. */
export class PublicRooms {
  readonly #known: Cache<RoomId, KnownRoom>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: DirectoryStore;
      readonly cards: RoomCards;
      readonly caches: Caches;
      /** false: the directory is always empty */
      readonly isOpen: boolean;
    },
  ) {
    this.#known = deps.caches.lru('published rooms', { share: 0.002, entryBytes: bytesOf });
  }

  /** @throws MatrixError M_INVALID_PARAM for a `since` that is not ours */
  async page(query: PublicRoomsQuery): Promise<PublicRoomsPage> {
    const start = startOf(query.since);
    const all = (this.deps.isOpen ? await this.#rooms() : []).filter((room) => isWanted(room, query));
    all.sort((a, b) => b.num_joined_members - a.num_joined_members || (a.room_id < b.room_id ? -1 : 1));
    const end = start + query.limit;
    return {
      chunk: all.slice(start, end),
      total_room_count_estimate: all.length,
      ...(end < all.length && { next_batch: `p${end}` }),
      ...(start > 0 && { prev_batch: `p${Math.max(0, start - query.limit)}` }),
    };
  }

  /** Only rooms in which something happened since are read again. */
  async #rooms(): Promise<PublicRoom[]> {
    const { db, store, cards } = this.deps;
    const at = db.position();
    const rooms: PublicRoom[] = [];
    const changed: RoomId[] = [];
    for (const roomId of await store.published(db, MOST_ROOMS)) {
      const known = this.#known.get(roomId);
      if (known && !db.news.mayHaveChangedSince(roomTopic(roomId), known.at)) rooms.push(known.room);
      else changed.push(roomId);
    }
    for (const room of await cards.listed(changed)) {
      this.#known.set(room.room_id, { at, room });
      rooms.push(room);
    }
    return rooms;
  }
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
