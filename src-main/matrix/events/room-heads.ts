import type { Cache, Caches } from '../../base/caches.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import { type StateMapKey, type StateView, stateMapKey } from '../../spec/state-view.js';
import type { Transaction } from '../../storage/database.js';
import type { CurrentStateStore } from './current-state.store.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { Extremity, Room, RoomStore } from './rooms.store.js';

/** State entries kept of one room: those that its recent writers needed, of any room size. */
const REMEMBERED_ENTRIES = 200;

/**
 * Where a room stands for the next writer: its leaves, the snapshot of its state, and the entries that recent events
 * were authorized by. Only writers look at it, inside their transaction, so it may be ahead of what is committed.
 */
export interface RoomHead {
  readonly room: Room;
  extremities: readonly Extremity[];
  snapshot: number | undefined;
  /** nids of state events, 0 for none; the longest unused first */
  readonly entries: Map<StateMapKey, number>;
  /** whether other servers have people joined; undefined: to be looked up */
  hasOtherServers: boolean | undefined;
}

export class RoomHeads {
  readonly #heads: Cache<number, RoomHead>;

  constructor(
    private readonly deps: {
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly current: CurrentStateStore;
      readonly caches: Caches;
    },
  ) {
    // Few rooms are written to by more than some dozens of people at the same time.
    this.#heads = deps.caches.lru('room heads', { share: 0.03, entryBytes: 5_000 });
  }

  /** The head of `room`; forgotten again should the transaction be undone. */
  async open(tx: Transaction, room: Room): Promise<RoomHead> {
    tx.afterUndo(() => this.#heads.delete(room.nid));
    const known = this.#heads.get(room.nid);
    if (known) return known;
    const { snapshot, extremities } = await this.deps.rooms.head(tx, room.nid);
    const head: RoomHead = { room, extremities, snapshot, entries: new Map(), hasOtherServers: undefined };
    this.#heads.set(room.nid, head);
    return head;
  }

  /** A room is gone for good. */
  forget(tx: Transaction, roomNid: number): void {
    this.#heads.delete(roomNid);
    tx.afterCommit(() => this.#heads.delete(roomNid));
  }

  /** One entry of the state that the next event builds on. */
  async entry(tx: Transaction, head: RoomHead, key: StateKey): Promise<StoredEvent | undefined> {
    const nid = await this.#nid(tx, head, key);
    return nid === 0 ? undefined : this.deps.events.byNid(tx, nid);
  }

  /** The entries `keys`, as the auth rules want them. */
  async view(tx: Transaction, head: RoomHead, keys: readonly StateKey[]): Promise<StateView> {
    const entries = new Map<StateMapKey, RoomEvent | undefined>();
    for (const key of keys) entries.set(stateMapKey(...key), await this.entry(tx, head, key));
    return { get: (type, stateKey) => entries.get(stateMapKey(type, stateKey)) };
  }

  /** The next event builds on `nid` as the entry `key`. */
  remember(head: RoomHead, key: StateKey, nid: number): void {
    const mapKey = stateMapKey(...key);
    head.entries.delete(mapKey);
    head.entries.set(mapKey, nid);
    if (head.entries.size <= REMEMBERED_ENTRIES) return;
    const [oldest] = head.entries.keys();
    if (oldest !== undefined) head.entries.delete(oldest);
  }

  async #nid(tx: Transaction, head: RoomHead, key: StateKey): Promise<number> {
    const nid = head.entries.get(stateMapKey(...key)) ?? (await this.deps.current.one(tx, head.room.nid, key)) ?? 0;
    this.remember(head, key, nid);
    return nid;
  }
}
