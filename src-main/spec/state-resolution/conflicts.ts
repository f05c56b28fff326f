import type { EventId } from '../ids.js';
import type { StateMap, StateMapKey } from '../state-view.js';

/** State sets, taken apart into what they agree on and what not. */
export interface Conflicts {
  readonly unconflicted: StateMap;
  /** The different events for a key, in no order. */
  readonly conflicted: ReadonlyMap<StateMapKey, ReadonlySet<EventId>>;
}

/**
 * Unconflicted state map and conflicted state set of version 2: a key that one of the sets lacks is conflicted.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export const conflictsOf = (stateSets: readonly StateMap[]): Conflicts =>
  takeApart(stateSets, (ids, holders) => ids.size === 1 && holders === stateSets.length);

/**
 * The same by version 1: a key is conflicted only where two sets name different events for it.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v1/#state-resolution
 */
export const conflictsOfV1 = (stateSets: readonly StateMap[]): Conflicts =>
  takeApart(stateSets, (ids) => ids.size === 1);

function takeApart(
  stateSets: readonly StateMap[],
  isAgreed: (ids: ReadonlySet<EventId>, holders: number) => boolean,
): Conflicts {
  const [first = new Map(), ...others] = stateSets;
  const unconflicted = new Map<StateMapKey, EventId>();
  const conflicted = new Map<StateMapKey, ReadonlySet<EventId>>();
  const sort = (key: StateMapKey) => {
    const found = stateSets.map((set) => set.get(key)).filter((id) => id !== undefined);
    const ids = new Set(found);
    const [id] = ids;
    if (id !== undefined && isAgreed(ids, found.length)) unconflicted.set(key, id);
    else conflicted.set(key, ids);
  };
  for (const [key, id] of first) {
    // Nearly all keys of a large room end here: no list is made for them.
    if (others.every((other) => other.get(key) === id)) unconflicted.set(key, id);
    else sort(key);
  }
  for (const other of others) {
    for (const key of other.keys()) if (!unconflicted.has(key) && !conflicted.has(key)) sort(key);
  }
  return { unconflicted, conflicted };
}
