import { authEventKeys } from '../auth-events.js';
import { createEventIdOf } from '../event-id.js';
import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import type { RoomVersionRules } from '../room-version.js';
import { type StateMap, stateMapKey } from '../state-view.js';
import { conflictsOf } from './conflicts.js';
import type { EventLookup } from './lookup.js';
import { resolveV1 } from './v1.js';
import { resolveV2 } from './v2.js';

/**
 * The one state that follows from several: the states after the events that a new event names as previous.
 *
 * The order of the sets does not matter, and sets that agree resolve to what they say. Takes some 10 ms for each 1,000
 * conflicted events, so in large rooms call it away from the event loop.
 *
 * @param lookup all that `eventsToLoad` and `authorizingState` ask for; from room version 2 on `authEvents` should
 *   know the auth chains of all state
 * @see https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
 */
export function resolveState(rules: RoomVersionRules, stateSets: readonly StateMap[], lookup: EventLookup): StateMap {
  const different = [...new Set(stateSets)];
  const [only = new Map()] = different;
  if (different.length < 2) return only;
  if (rules.stateResolution === 'v1') return resolveV1(different, lookup);
  return resolveV2(different, lookup, { fromScratch: rules.stateResolution === 'v2.1' });
}

/**
 * The conflicted events. Resolution needs them and all events in their auth chains, so load these first; when there
 * are none, nothing needs to be loaded.
 */
export const eventsToLoad = (stateSets: readonly StateMap[]): EventId[] => [
  ...new Set([...conflictsOf(stateSets).conflicted.values()].flatMap((ids) => [...ids])),
];

/**
 * Of the state that all sets agree on, the events that may decide over `events`, the conflicted ones and their auth
 * chains. Resolution needs them too.
 */
export function authorizingState(
  rules: RoomVersionRules,
  stateSets: readonly StateMap[],
  events: Iterable<RoomEvent>,
): EventId[] {
  const { unconflicted } = conflictsOf(stateSets);
  const ids = new Set<EventId | undefined>();
  for (const event of events) {
    if (rules.roomIdIsCreateHash) ids.add(createEventIdOf(event.roomId));
    for (const [type, stateKey] of authEventKeys(event, rules)) ids.add(unconflicted.get(stateMapKey(type, stateKey)));
  }
  return [...ids].filter((id) => id !== undefined);
}
