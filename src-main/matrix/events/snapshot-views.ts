import type { RoomEvent, StateKey } from '../../spec/event.js';
import { type StateMapKey, type StateView, stateMapKey } from '../../spec/state-view.js';
import type { Reader } from '../../storage/database.js';
import type { EventStore } from './events.store.js';
import type { NameStore } from './names.store.js';
import type { StateStore } from './state.store.js';

/** A few entries of a snapshot, as the auth rules want them. */
export class SnapshotViews {
  constructor(
    private readonly deps: { readonly names: NameStore; readonly state: StateStore; readonly events: EventStore },
  ) {}

  /** @param snapshot undefined stands for the empty state */
  async at(db: Reader, snapshot: number | undefined, keys: readonly StateKey[]): Promise<StateView> {
    const nids = snapshot === undefined ? new Map<StateMapKey, number>() : await this.#nids(db, snapshot, keys);
    const found = new Map((await this.deps.events.byNids(db, [...nids.values()])).map((event) => [event.nid, event]));
    const view = new Map<StateMapKey, RoomEvent | undefined>();
    for (const [key, nid] of nids) view.set(key, found.get(nid));
    return { get: (type, stateKey) => view.get(stateMapKey(type, stateKey)) };
  }

  async #nids(db: Reader, snapshot: number, keys: readonly StateKey[]): Promise<Map<StateMapKey, number>> {
    const { names, state } = this.deps;
    const asked = new Map<number, StateMapKey>();
    for (const key of keys) {
      const stateNid = await names.findStateKey(db, key);
      if (stateNid !== undefined) asked.set(stateNid, stateMapKey(...key));
    }
    const entries = (await state.some(db, [snapshot], [...asked.keys()])).get(snapshot) ?? new Map<number, number>();
    const nids = new Map<StateMapKey, number>();
    for (const [stateNid, key] of asked) {
      const nid = entries.get(stateNid);
      if (nid !== undefined) nids.set(key, nid);
    }
    return nids;
  }
}
