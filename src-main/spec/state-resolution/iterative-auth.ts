import { checkAuth } from '../auth-rules/auth-rules.js';
import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { type StateMap, type StateMapKey, type StateView, stateMapKey, viewOfState } from '../state-view.js';
import { authEventsView, type EventLookup } from './lookup.js';

/**
 * Iterative auth checks: puts one event after the other into the state, unless the state so far forbids it. Where the
 * state lacks what a rule needs, the event's own auth events stand in, unless they were rejected.
 *
 * @param before the state to start from, which stays as it is
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export function applyAllowed(events: readonly RoomEvent[], before: StateMap, lookup: EventLookup): StateMap {
  const state = new Map<StateMapKey, EventId>(before);
  const soFar = viewOfState(state, (id) => lookup.event(id));
  for (const event of events) {
    if (event.stateKey === undefined || !checkAuth(event, over(soFar, authEventsView(event, lookup))).allowed) continue;
    state.set(stateMapKey(event.type, event.stateKey), event.eventId);
  }
  return state;
}

const over = (first: StateView, second: StateView): StateView => ({
  get: (type, stateKey) => first.get(type, stateKey) ?? second.get(type, stateKey),
});
