import type { Clock, Milliseconds } from '../../../base/clock.js';
import { objectAt, parseOwn, stringAt } from '../../../base/json.js';
import type { StateKey } from '../../../spec/event.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Writing } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { EventRemoval, Room, RoomReader, StoredEvent } from '../../events/index.js';
import type { RoomFacts, RoomFigures, RoomFiguresStore, RoomsQuery } from './room-figures.store.js';

const SHOWN: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.name', ''],
  ['m.room.canonical_alias', ''],
  ['m.room.encryption', ''],
  ['m.room.join_rules', ''],
];
/** People who give their names to a room that has none. */
const NAMED = 4;
const LONGEST_NAME = 255;
const MOST_TYPES = 6;
/** What a row of an event takes beside its JSON, with the indexes over it, about. */
const ROW_BYTES = 420;

/** What the rooms of this server are and how much they take, kept as events come. */
export class RoomFiguresIndex {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly store: RoomFiguresStore;
      readonly reader: RoomReader;
      readonly removal: EventRemoval;
    },
  ) {}

  /** Rooms, a page at a time; nothing of it holds the loop. */
  page(query: RoomsQuery): Promise<{ rooms: RoomFigures[]; total: number }> {
    return this.deps.store.page(this.deps.db.aside, query);
  }

  one(roomId: RoomId): Promise<RoomFigures | undefined> {
    return this.deps.store.one(this.deps.db, roomId);
  }

  some(roomIds: readonly RoomId[]): Promise<RoomFigures[]> {
    return this.deps.store.some(this.deps.db, roomIds);
  }

  spaces(limit: number): Promise<RoomId[]> {
    return this.deps.store.spaces(this.deps.db, limit);
  }

  /** All rooms together. */
  async sums(): Promise<{ rooms: number; events: number; bytes: number }> {
    const { rooms, events, bytes } = await this.deps.store.sums(this.deps.db.aside);
    return { rooms, events, bytes: bytesOnDisk({ events, bytes }) };
  }

  /** Messages a day since a time, by the number of the day since 1970 (UTC). */
  async days(roomId: RoomId, since: Milliseconds): Promise<ReadonlyMap<number, number>> {
    const { db, reader, store } = this.deps;
    const { nid } = await reader.knownRoom(roomId);
    return store.days(db.aside, nid, since);
  }

  /** What takes the most space in a room, by type of event. */
  async types(roomId: RoomId): Promise<{ type: string; events: number; bytes: number }[]> {
    const { db, reader, store } = this.deps;
    const { nid } = await reader.knownRoom(roomId);
    const found = await store.types(db.aside, nid, MOST_TYPES);
    return found.map(({ type, events, bytes }) => ({ type, events, bytes: bytesOnDisk({ events, bytes }) }));
  }

  /** Other servers with people in a room, the largest first, and how many there are. */
  async servers(roomId: RoomId, limit: number) {
    const { db, reader, store } = this.deps;
    const { nid } = await reader.knownRoom(roomId);
    return store.servers(db.aside, nid, limit);
  }

  /** What rooms show as their picture: mxc URIs. */
  async pictures(): Promise<string[]> {
    const events = await this.deps.store.pictures(this.deps.db.aside);
    return events.flatMap((json) => stringAt(objectAt(parseOwn(json), 'content'), 'url') ?? []);
  }

  /** Counts a room anew: history that was fetched later is not counted as it comes. */
  async recount(roomId: RoomId): Promise<RoomFigures | undefined> {
    const { db, reader, store } = this.deps;
    const room = await reader.room(roomId);
    if (!room || (await store.one(db, roomId)) === undefined) return undefined;
    const write = await this.#countAnew(room, 0);
    await db.write(write);
    return store.one(db, roomId);
  }

  /** What follows from events. */
  async prepare(events: readonly StoredEvent[]): Promise<Writing | undefined> {
    if (events.length === 0) return undefined;
    const byRoom = Map.groupBy(events, ({ room }) => room.nid);
    const counted = await this.deps.store.counted(this.deps.db, [...byRoom.keys()]);
    const writings: Writing[] = [];
    for (const [nid, some] of byRoom) {
      const [first] = some;
      const upTo = counted.get(nid);
      if (!first) continue;
      const active = this.#lastActive(some);
      if (upTo === undefined) writings.push(await this.#countAnew(first.room, active));
      else writings.push(await this.#count(first.room, some, upTo, active));
    }
    return async (tx) => {
      for (const write of writings) await write(tx);
    };
  }

  async #count(room: Room, events: readonly StoredEvent[], upTo: number, lastActive: Milliseconds): Promise<Writing> {
    const { store, removal } = this.deps;
    const fresh = events.filter(({ nid }) => nid > upTo).map(({ nid }) => nid);
    const { events: count, bytes } = (await removal.amounts(fresh)).get(room.nid) ?? { events: 0, bytes: 0 };
    const facts = events.some(({ stateKey }) => stateKey !== undefined) ? await this.#facts(room) : undefined;
    const last = Math.max(upTo, ...fresh);
    return async (tx) => {
      await store.add(tx, room.nid, { events: count, bytes, counted: last, lastActive });
      if (facts) await store.setFacts(tx, room.nid, facts);
    };
  }

  async #countAnew(room: Room, lastActive: Milliseconds): Promise<Writing> {
    const { db, store, removal } = this.deps;
    const counted = db.position();
    const { events, bytes } = await removal.amount(room, counted);
    const facts = await this.#facts(room);
    return async (tx) => {
      await store.put(tx, room, { events, bytes, counted, lastActive });
      await store.setFacts(tx, room.nid, facts);
    };
  }

  /** Clocks of others may be ahead. */
  #lastActive(events: readonly StoredEvent[]): Milliseconds {
    return Math.min(this.deps.clock.now(), Math.max(...events.map(({ originServerTs }) => originServerTs)));
  }

  async #facts(room: Room): Promise<RoomFacts> {
    const { db, reader, store } = this.deps;
    const { roomId } = room;
    const state = await reader.stateView(roomId, SHOWN);
    const text = (type: string, key: string) => stringAt(state.get(type, '')?.content, key)?.slice(0, LONGEST_NAME);
    const name = text('m.room.name', 'name') || undefined;
    const alias = text('m.room.canonical_alias', 'alias') || undefined;
    const { joined } = await reader.counts(roomId);
    const members = name || alias ? [] : await reader.members(roomId, ['join', 'invite'], NAMED);
    return {
      name,
      alias,
      people: members.map(({ displayName, userId }) => (displayName ?? userId).slice(0, LONGEST_NAME)),
      joined,
      local: await store.localCount(db, room.nid),
      isEncrypted: state.get('m.room.encryption', '') !== undefined,
      isSpace: text('m.room.create', 'type') === 'm.space',
      joinRule: text('m.room.join_rules', 'join_rule') ?? 'invite',
      version: room.rules.version,
    };
  }
}

/** What events take on disk, about. */
export const bytesOnDisk = ({ events, bytes }: { readonly events: number; readonly bytes: number }): number =>
  bytes + events * ROW_BYTES;
