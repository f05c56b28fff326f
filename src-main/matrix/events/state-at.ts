import type { Cache, Caches } from '../../base/caches.js';
import type { StateKey } from '../../spec/event.js';
import { stateMapKey } from '../../spec/state-view.js';
import type { Database } from '../../storage/database.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { NameStore } from './names.store.js';
import type { StateStore } from './state.store.js';

/** The state of rooms at moments of their past. Snapshots never change, so what was read once holds. */
export class StateAt {
  /** `snapshot stateNid` -> event nid, 0 for none: pages of one room ask for the same few again and again */
  readonly #entries: Cache<string, number>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly names: NameStore;
      readonly state: StateStore;
      readonly events: EventStore;
      readonly caches: Caches;
    },
  ) {
    this.#entries = deps.caches.lru('entries of past state', { share: 0.02, entryBytes: 150 });
  }

  /** All state just before `event`; empty where it is not known. */
  async before(event: StoredEvent): Promise<StoredEvent[]> {
    if (event.snapshot === undefined) return [];
    const { db, state, events } = this.deps;
    return events.byNids(db, [...(await state.all(db, event.snapshot)).values()]);
  }

  /** All state just after `event`. */
  async after(event: StoredEvent): Promise<StoredEvent[]> {
    const before = await this.before(event);
    if (event.stateKey === undefined) return before;
    return [...before.filter((other) => other.type !== event.type || other.stateKey !== event.stateKey), event];
  }

  /** The entries `keys` of the state just before each of `events`: event nid -> entries by their map key. */
  async entriesBefore(
    events: readonly StoredEvent[],
    keys: readonly StateKey[],
  ): Promise<ReadonlyMap<number, ReadonlyMap<string, StoredEvent>>> {
    const { db, names } = this.deps;
    const stateNids = new Map<number, string>();
    for (const key of keys) {
      const nid = await names.findStateKey(db, key);
      if (nid !== undefined) stateNids.set(nid, stateMapKey(...key));
    }
    const snapshots = new Set(events.flatMap((event) => event.snapshot ?? []));
    const entries = await this.#some([...snapshots], [...stateNids.keys()]);
    const nids = new Set([...entries.values()].flatMap((entry) => [...entry.values()]));
    const found = new Map((await this.deps.events.byNids(db, [...nids])).map((event) => [event.nid, event]));
    return new Map(
      events.map((event) => {
        const of = (event.snapshot !== undefined && entries.get(event.snapshot)) || new Map<number, number>();
        return [event.nid, resolveEntries(of, stateNids, found)];
      }),
    );
  }

  /** One query for all that is not remembered. */
  async #some(snapshots: readonly number[], stateNids: readonly number[]): Promise<Map<number, Map<number, number>>> {
    const entries = new Map<number, Map<number, number>>(snapshots.map((snapshot) => [snapshot, new Map()]));
    const unknown: number[] = [];
    for (const [snapshot, known] of entries) {
      for (const stateNid of stateNids) {
        const eventNid = this.#entries.get(`${snapshot} ${stateNid}`);
        if (eventNid) known.set(stateNid, eventNid);
        if (eventNid === undefined && unknown.at(-1) !== snapshot) unknown.push(snapshot);
      }
    }
    if (unknown.length === 0) return entries;
    const read = await this.deps.state.some(this.deps.db, unknown, stateNids);
    for (const snapshot of unknown) {
      const found = read.get(snapshot) ?? new Map<number, number>();
      for (const stateNid of stateNids) this.#entries.set(`${snapshot} ${stateNid}`, found.get(stateNid) ?? 0);
      entries.set(snapshot, found);
    }
    return entries;
  }
}

function resolveEntries(
  entries: ReadonlyMap<number, number>,
  keys: ReadonlyMap<number, string>,
  events: ReadonlyMap<number, StoredEvent>,
): ReadonlyMap<string, StoredEvent> {
  const resolved = new Map<string, StoredEvent>();
  for (const [stateNid, eventNid] of entries) {
    const key = keys.get(stateNid);
    const event = events.get(eventNid);
    if (key !== undefined && event) resolved.set(key, event);
  }
  return resolved;
}
