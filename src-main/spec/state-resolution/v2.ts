import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { type StateMap, stateMapKey } from '../state-view.js';
import { authDifference } from './auth-difference.js';
import { authGraph } from './auth-graph.js';
import { conflictedSubgraph } from './conflicted-subgraph.js';
import { type Conflicts, conflictsOf } from './conflicts.js';
import { applyAllowed } from './iterative-auth.js';
import { authEventIds, type EventLookup } from './lookup.js';
import { sortByMainline } from './mainline-sort.js';
import { type Events, sortPowerEvents } from './power-sort.js';

/** What version 2.1 changed. */
export interface V2Options {
  /** Start from an empty state, and take the conflicted state subgraph into the full conflicted set. */
  readonly fromScratch: boolean;
}

/**
 * State resolution of room versions 2 to 11, and with `fromScratch` that of version 12.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v2/#state-resolution
 * @see https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 */
export function resolveV2(stateSets: readonly StateMap[], lookup: EventLookup, options: V2Options): StateMap {
  const conflicts = conflictsOf(stateSets);
  if (conflicts.conflicted.size === 0) return conflicts.unconflicted;
  const full = fullConflictedSet(stateSets, conflicts, lookup, options);

  const powerEvents = sortPowerEvents(full, lookup);
  const before = options.fromScratch ? new Map() : conflicts.unconflicted;
  const partial = applyAllowed(powerEvents, before, lookup);

  const picked = new Set(powerEvents);
  const others = [...full.values()].filter((event) => !picked.has(event));
  const inForce = partial.get(POWER_LEVELS);
  const sorted = sortByMainline(others, inForce === undefined ? undefined : lookup.event(inForce), lookup);
  return overlaid(applyAllowed(sorted, partial, lookup), conflicts.unconflicted);
}

const POWER_LEVELS = stateMapKey('m.room.power_levels', '');

/** The events themselves; state only, and without those that the lookup does not know. */
function fullConflictedSet(
  stateSets: readonly StateMap[],
  conflicts: Conflicts,
  lookup: EventLookup,
  { fromScratch }: V2Options,
): Events {
  const conflicted = new Set([...conflicts.conflicted.values()].flatMap((ids) => [...ids]));
  const authEvents = (id: EventId) => authEventIds(lookup, id);
  const graph = authGraph(conflicted, authEvents);
  const ids = new Set(conflicted);
  for (const id of authDifference(graph, stateSets, conflicts, authEvents)) ids.add(id);
  if (fromScratch) for (const id of conflictedSubgraph(graph, conflicted)) ids.add(id);

  const full = new Map<EventId, RoomEvent>();
  for (const id of ids) {
    const event = lookup.event(id);
    if (event?.stateKey !== undefined) full.set(id, event);
  }
  return full;
}

function overlaid(state: StateMap, above: StateMap): StateMap {
  const result = new Map(state);
  for (const [key, id] of above) result.set(key, id);
  return result;
}
