import { invalidParam, MatrixError } from '../../../spec/errors.js';
import { matchesRoomEventFilter, type RoomEventFilter } from '../../../spec/event-filter.js';
import { objectAt, stringAt } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { RoomReader, StoredEvent, Visibility } from '../../events/index.js';
import { wordsOf } from '../words.js';
import type { Hit, SearchKey, SearchStore, Wish } from './search.store.js';
import { parseSearchToken, type SearchPlace } from './search-token.js';

export interface SearchRequest {
  readonly term: string;
  readonly keys: readonly SearchKey[];
  readonly filter: RoomEventFilter;
  readonly order: 'recent' | 'rank';
  readonly from: string | undefined;
}

/** An event that was found. */
export interface Result {
  readonly event: StoredEvent;
  readonly hit: Hit;
  /** higher is better */
  readonly rank: number;
}

export interface Found {
  readonly results: readonly Result[];
  readonly hasMore: boolean;
  /** about how many there are in all */
  readonly count: number;
  /** what was looked for */
  readonly words: readonly string[];
}

interface SearchDeps {
  readonly db: Database;
  readonly store: SearchStore;
  readonly reader: RoomReader;
  readonly visibility: Visibility;
  readonly isEnabled: boolean;
}

const MOST_WORDS = 16;
const MOST_RESULTS = 100;
/** Events loaded at once, and for one page. */
const CHUNK = 50;
const MOST_LOADED = 1_000;
/** Before all others, in either order. */
const BEGINNING = { eventNid: Number.MAX_SAFE_INTEGER, words: 0 };
/** Rooms that a room may have been upgraded from. */
const MOST_PREDECESSORS = 20;

/** Finds what was said by its words, as far as the one who looks may see it. @see https://spec.matrix.org/v1.19/client-server-api/#server-side-search */
export class Search {
  constructor(private readonly deps: SearchDeps) {}

  /** @throws MatrixError M_INVALID_PARAM for a token that is not ours; M_UNKNOWN where search is switched off */
  async find(userId: UserId, request: SearchRequest): Promise<Found> {
    if (!this.deps.isEnabled) throw new MatrixError(400, 'M_UNKNOWN', 'search is switched off on this server');
    const place = request.from === undefined ? undefined : parseSearchToken(request.from);
    const words = wordsOf(request.term, MOST_WORDS);
    const wish = { words, keys: request.keys, rooms: await this.#rooms(userId, request, place) };
    const hits = await this.#hits(wish, request.order, place?.after ?? BEGINNING);
    const limit = Math.min(request.filter.limit ?? 10, MOST_RESULTS);
    const found = await this.#visible(userId, hits, request, place, limit + 1);
    // Where all that the user may see is here, the number of hits would tell of what they may not see.
    const isAll = found.length <= limit && (place === undefined || found.length === 0);
    return {
      words,
      count: isAll ? found.length : await this.deps.store.count(this.deps.db.aside, wish),
      results: found.slice(0, limit),
      hasMore: limit > 0 && found.length > limit,
    };
  }

  /** The rooms to search, by their nids: those that the user is in now, and that the filter lets through. */
  async #rooms(userId: UserId, { filter }: SearchRequest, place: SearchPlace | undefined): Promise<number[]> {
    const { reader } = this.deps;
    const joined = new Set<string>(await reader.joinedRooms(userId));
    const wanted = filter.rooms === undefined ? joined : await this.#withPredecessors(filter.rooms);
    const only = place?.group?.key === 'room_id' ? place.group.value : undefined;
    const rooms: number[] = [];
    for (const roomId of wanted) {
      if (!joined.has(roomId) || filter.not_rooms?.includes(roomId as RoomId)) continue;
      const room = only === undefined || only === roomId ? await reader.room(roomId as RoomId) : undefined;
      if (room) rooms.push(room.nid);
    }
    return rooms;
  }

  /** Who searches a room that took another's place means that one too. */
  async #withPredecessors(roomIds: readonly RoomId[]): Promise<ReadonlySet<string>> {
    const all = new Set<string>(roomIds);
    let rooms: readonly RoomId[] = roomIds;
    for (let step = 0; step < MOST_PREDECESSORS && rooms.length > 0; step += 1) {
      const creates = await this.deps.reader.stateInRooms(rooms, ['m.room.create', '']);
      rooms = [...creates.values()].flatMap(({ content }) => {
        const before = stringAt(objectAt(content, 'predecessor'), 'room_id');
        return before === undefined || all.has(before) ? [] : (before as RoomId);
      });
      for (const roomId of rooms) all.add(roomId);
    }
    return all;
  }

  /** What says little else than what was looked for stands first in the order of rank. */
  async #hits(wish: Wish, order: SearchRequest['order'], after: SearchPlace['after']): Promise<Hit[]> {
    const { db, store } = this.deps;
    if (wish.words.length === 0 || wish.rooms.length === 0) return [];
    if (order === 'rank') return store.ranked(db.aside, wish, after, MOST_LOADED);
    return store.recent(db.aside, wish, after.eventNid, MOST_LOADED);
  }

  async #visible(
    userId: UserId,
    hits: readonly Hit[],
    { filter }: SearchRequest,
    place: SearchPlace | undefined,
    wanted: number,
  ): Promise<Result[]> {
    const results: Result[] = [];
    const sender = place?.group?.key === 'sender' ? place.group.value : undefined;
    // The rooms are chosen already, with those that a room of the filter took the place of.
    const { rooms: _rooms, not_rooms: _notRooms, ...rest } = filter;
    for (let at = 0; at < hits.length && results.length < wanted; at += CHUNK) {
      const chunk = new Map(hits.slice(at, at + CHUNK).map((hit) => [hit.eventNid, hit]));
      const events = (await this.deps.reader.eventsByNid([...chunk.keys()])).filter(
        (event) => matchesRoomEventFilter(event, rest) && (sender ?? event.sender) === event.sender,
      );
      for (const event of await this.#seenBy(userId, events)) {
        const hit = chunk.get(event.nid);
        if (hit) results.push({ event, hit, rank: 1 / hit.words });
      }
    }
    return results.slice(0, wanted);
  }

  /** In the order given. What was redacted a moment ago may still be found, but is not shown. */
  async #seenBy(userId: UserId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const seen = new Set<number>();
    for (const [roomId, inRoom] of Map.groupBy(events, (event) => event.roomId)) {
      for (const { nid } of await this.deps.visibility.seenWhole(userId, roomId, inRoom)) seen.add(nid);
    }
    return events.filter((event) => seen.has(event.nid) && event.redactedBy === undefined);
  }
}

/** @throws MatrixError M_INVALID_PARAM when there is nothing to search for */
export function requireTerm(term: string | undefined): string {
  if (term === undefined) throw invalidParam('search_categories.room_events.search_term is missing');
  return term;
}
