import type { StateKey } from '../../spec/event.js';
import type { RoomId } from '../../spec/ids.js';
import type { Database, Position } from '../../storage/database.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { NameStore } from './names.store.js';
import type { Room } from './rooms.store.js';
import type { StateNewsStore } from './state-news.store.js';

/** An entry of the state that is no longer there. */
export interface GoneEntry {
  readonly type: string;
  readonly stateKey: string;
}

/** How the state of a room changed, the last change of each entry. */
export interface ChangedState {
  readonly events: readonly StoredEvent[];
  readonly gone: readonly GoneEntry[];
}

interface Span {
  readonly after: Position;
  readonly upTo: Position;
}

const MEMBER = 'm.room.member';
const NOTHING: ChangedState = { events: [], gone: [] };

/** Current state of many rooms at once, and what of it is new: members apart from the rest, as they are many. */
export class StateNews {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly names: NameStore;
      readonly events: EventStore;
      readonly store: StateNewsStore;
    },
  ) {}

  /** What changed in a span, without the members. */
  async withoutMembers(room: Room, span: Span): Promise<ChangedState> {
    const { db, names, store } = this.deps;
    const typeNid = (await names.find(db, MEMBER)) ?? 0;
    return this.#read(await store.changes(db, room.nid, span, { allBut: typeNid }));
  }

  /** Members that changed in a span. */
  async members(room: Room, span: Span): Promise<ChangedState> {
    const { db, names, store } = this.deps;
    const typeNid = await names.find(db, MEMBER);
    if (typeNid === undefined) return NOTHING;
    return this.#read(await store.changes(db, room.nid, span, { only: typeNid }));
  }

  /** Whether any member event came in a span. */
  async haveMembersChanged(room: Room, span: Span): Promise<boolean> {
    const { db, names, store } = this.deps;
    const typeNid = await names.find(db, MEMBER);
    return typeNid !== undefined && store.hasChanged(db, room.nid, span, typeNid);
  }

  /** Some entries, and all entries of some types, of many rooms' current state. */
  async inRooms(
    rooms: readonly Room[],
    keys: readonly StateKey[],
    types: readonly string[],
  ): Promise<ReadonlyMap<RoomId, readonly StoredEvent[]>> {
    const { db, names, events, store } = this.deps;
    if (rooms.length === 0) return new Map();
    const stateNids: number[] = [];
    for (const key of keys) {
      const nid = await names.findStateKey(db, key);
      if (nid !== undefined) stateNids.push(nid);
    }
    const roomNids = rooms.map(({ nid }) => nid);
    const nids = await store.inRooms(db, roomNids, stateNids, await names.findMany(db, types));
    return Map.groupBy(await events.byNids(db, nids), (event) => event.roomId);
  }

  async #read(changes: ReadonlyMap<number, number>): Promise<ChangedState> {
    if (changes.size === 0) return NOTHING;
    const { db, events, store } = this.deps;
    const gone = [...changes].filter(([, eventNid]) => eventNid === 0).map(([stateNid]) => stateNid);
    const there = [...changes.values()].filter((eventNid) => eventNid !== 0);
    return { events: await events.byNids(db, there), gone: await store.keys(db, gone) };
  }
}
