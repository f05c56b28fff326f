import type { EventId } from '../ids.js';
import type { StateMap, StateMapKey } from '../state-view.js';
import { type AuthGraph, foundInAuthChains } from './auth-graph.js';
import type { Conflicts } from './conflicts.js';

/** State sets that fit into the bits of one integer. */
const SETS_AT_ONCE = 31;

/**
 * Auth difference: the events that lie in the auth chains of some of the state sets but not of all. State counts as part
 * of its own chain, as it does in Synapse.
 *
 * What the sets agree on lies in all chains, and so does everything below it. So only the chains of conflicted events
 * are looked at, and the rest of the state's chains no further than to find what is left in doubt.
 *
 * @param graph the auth chains of the conflicted events
 * @returns also conflicted events that lie in all chains: they belong to the full conflicted set either way
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export function authDifference(
  graph: AuthGraph,
  stateSets: readonly StateMap[],
  { unconflicted, conflicted }: Conflicts,
  authEventIds: (id: EventId) => readonly EventId[],
): Set<EventId> {
  const common = inAllChains(graph, stateSets, [...conflicted.keys()]);
  markChains(graph, unconflicted.values(), common);

  const partial = graph.ids.filter((_id, place) => common[place] === 0);
  const conflictedIds = new Set([...conflicted.values()].flatMap((ids) => [...ids]));
  const inDoubt = new Set(partial.filter((id) => !conflictedIds.has(id)));
  if (inDoubt.size === 0) return new Set(partial);
  const outside = [...unconflicted.values()].filter((id) => !graph.placeOf.has(id));
  const agreed = foundInAuthChains(inDoubt, outside, authEventIds);
  return new Set(partial.filter((id) => !agreed.has(id)));
}

/** 1 at the places of events that conflicted events of every set lead to. */
function inAllChains(graph: AuthGraph, stateSets: readonly StateMap[], conflicted: readonly StateMapKey[]): Uint8Array {
  const common = new Uint8Array(graph.ids.length).fill(1);
  for (let start = 0; start < stateSets.length; start += SETS_AT_ONCE) {
    const some = stateSets.slice(start, start + SETS_AT_ONCE);
    const chains = chainsOf(graph, some, conflicted);
    const all = 2 ** some.length - 1;
    for (let place = 0; place < chains.length; place += 1) if (chains[place] !== all) common[place] = 0;
  }
  return common;
}

/** For each place one bit a set: whether a conflicted event of the set leads there. */
function chainsOf(graph: AuthGraph, stateSets: readonly StateMap[], conflicted: readonly StateMapKey[]): Int32Array {
  const chains = new Int32Array(graph.ids.length);
  stateSets.forEach((set, bit) => {
    for (const key of conflicted) {
      const id = set.get(key);
      const place = id === undefined ? undefined : graph.placeOf.get(id);
      if (place !== undefined) chains[place] = (chains[place] ?? 0) | (1 << bit);
    }
  });
  for (let place = chains.length - 1; place >= 0; place -= 1) {
    for (const below of graph.authEvents[place] ?? []) chains[below] = (chains[below] ?? 0) | (chains[place] ?? 0);
  }
  return chains;
}

/** Sets 1 at the places of `ids` and of all below them. */
function markChains(graph: AuthGraph, ids: Iterable<EventId>, marks: Uint8Array): void {
  for (const id of ids) {
    const place = graph.placeOf.get(id);
    if (place !== undefined) marks[place] = 1;
  }
  for (let place = marks.length - 1; place >= 0; place -= 1) {
    if (marks[place] === 1) for (const below of graph.authEvents[place] ?? []) marks[below] = 1;
  }
}
