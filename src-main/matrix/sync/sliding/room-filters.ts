import type { Cache, Caches } from '../../../base/caches.js';
import { arrayAt, objectAt, stringAt } from '../../../base/json.js';
import type { StateKey } from '../../../spec/event.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import { roomTopic } from '../../../storage/news.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import type { AccountDataSource } from '../ports.js';
import type { RoomFilter } from './request.js';
import type { ListedRoom, RoomList } from './room-list.js';

interface FilterDeps {
  readonly db: Database;
  readonly reader: RoomReader;
  readonly accountData: AccountDataSource;
  readonly caches: Caches;
}

type Keeps = (room: ListedRoom) => boolean;

/** Which rooms belong to a list. Asks of rooms only what the filter speaks of, and remembers the answers. */
export class RoomFilters {
  readonly #encryption: StateFact<boolean>;
  readonly #type: StateFact<string | null>;
  readonly #name: StateFact<string>;

  constructor(private readonly deps: FilterDeps) {
    this.#encryption = new StateFact(
      'encryption of rooms',
      deps,
      ['m.room.encryption', ''],
      (event) => event !== undefined,
    );
    this.#type = new StateFact('types of rooms', deps, ['m.room.create', ''], typeIn);
    this.#name = new StateFact('names of rooms', deps, ['m.room.name', ''], nameIn);
  }

  /** Those of `rooms` that fit, in the order given. */
  async apply(userId: UserId, list: RoomList, filter: RoomFilter, rooms: readonly ListedRoom[]) {
    const direct = (room: ListedRoom) => list.direct.has(room.roomId);
    let kept = rooms;
    if (filter.isInvited !== undefined)
      kept = kept.filter((room) => (room.membership === 'invite') === filter.isInvited);
    if (filter.isDm !== undefined) kept = kept.filter((room) => direct(room) === filter.isDm);
    for (const keeps of await this.#byTags(userId, filter)) kept = kept.filter(keeps);
    if (filter.spaces) kept = kept.filter(await this.#inSpaces(list, filter.spaces));
    for (const keeps of await this.#byState(filter, kept)) kept = kept.filter(keeps);
    return kept;
  }

  async #byTags(userId: UserId, { tags, notTags }: RoomFilter): Promise<Keeps[]> {
    if (!tags && !notTags) return [];
    const tagged = new Map<RoomId, string[]>();
    for (const { roomId, content } of await this.deps.accountData.typeInRooms(userId, 'm.tag')) {
      if (roomId) tagged.set(roomId, Object.keys(objectAt(content, 'tags') ?? {}));
    }
    const has = ({ roomId }: ListedRoom, some: readonly string[]) =>
      (tagged.get(roomId) ?? []).some((tag) => some.includes(tag));
    return [(room) => !tags || has(room, tags), (room) => !notTags || !has(room, notTags)];
  }

  /** Rooms that the given spaces name as their children; of spaces that the viewer is in. */
  async #inSpaces(list: RoomList, spaces: readonly string[]): Promise<Keeps> {
    const children = new Set<string>();
    for (const { roomId, membership } of list.rooms) {
      if (membership !== 'join' || !spaces.includes(roomId)) continue;
      for (const { stateKey, content } of await this.deps.reader.stateOfTypes(roomId, ['m.space.child'])) {
        if ((arrayAt(content, 'via') ?? []).length > 0) children.add(stateKey ?? '');
      }
    }
    return ({ roomId }) => children.has(roomId);
  }

  async #byState(filter: RoomFilter, rooms: readonly ListedRoom[]): Promise<Keeps[]> {
    const { isEncrypted, roomTypes, notRoomTypes, nameLike } = filter;
    const keeps: Keeps[] = [];
    const ids = rooms.map(({ roomId }) => roomId);
    if (isEncrypted !== undefined) {
      const encrypted = await this.#encryption.of(ids);
      keeps.push(({ roomId }) => encrypted.get(roomId) === isEncrypted);
    }
    if (roomTypes || notRoomTypes) {
      const types = await this.#type.of(ids);
      const typeOf = ({ roomId }: ListedRoom) => types.get(roomId) ?? null;
      keeps.push((room) => !roomTypes || roomTypes.includes(typeOf(room)));
      keeps.push((room) => !notRoomTypes?.includes(typeOf(room)));
    }
    if (nameLike !== undefined) {
      const names = await this.#name.of(ids);
      const part = nameLike.toLowerCase();
      keeps.push(({ roomId }) => names.get(roomId)?.toLowerCase().includes(part) === true);
    }
    return keeps;
  }
}

const typeIn = (event: StoredEvent | undefined) => stringAt(event?.content, 'type') ?? null;
const nameIn = (event: StoredEvent | undefined) => stringAt(event?.content, 'name') ?? '';

/** Something that one state event says of a room; read again only when the room changed. */
class StateFact<T> {
  readonly #known: Cache<RoomId, { readonly at: Position; readonly fact: T }>;

  constructor(
    name: string,
    private readonly deps: FilterDeps,
    private readonly key: StateKey,
    private readonly read: (event: StoredEvent | undefined) => T,
  ) {
    this.#known = deps.caches.lru(name, { share: 0.005, entryBytes: 250 });
  }

  async of(roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, T>> {
    const { db, reader } = this.deps;
    const facts = new Map<RoomId, T>();
    const unknown: RoomId[] = [];
    for (const roomId of roomIds) {
      const known = this.#known.get(roomId);
      if (known && !db.news.mayHaveChangedSince(roomTopic(roomId), known.at)) facts.set(roomId, known.fact);
      else unknown.push(roomId);
    }
    if (unknown.length === 0) return facts;
    const at = db.position();
    const events = await reader.stateInRooms(unknown, this.key);
    for (const roomId of unknown) {
      const fact = this.read(events.get(roomId));
      facts.set(roomId, fact);
      this.#known.set(roomId, { at, fact });
    }
    return facts;
  }
}
