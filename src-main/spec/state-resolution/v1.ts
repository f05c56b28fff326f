import { hash } from 'node:crypto';
import { checkAuth } from '../auth-rules/auth-rules.js';
import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { type StateMap, type StateMapKey, type StateView, stateMapKey, viewOfState } from '../state-view.js';
import { conflictsOfV1 } from './conflicts.js';
import type { EventLookup } from './lookup.js';

/**
 * State resolution of room version 1: power levels, then join rules, then members, then all else. Conflicts of one round
 * do not see each other's outcome.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v1/#state-resolution
 */
export function resolveV1(stateSets: readonly StateMap[], lookup: EventLookup): StateMap {
  const { unconflicted, conflicted } = conflictsOfV1(stateSets);
  const resolved = new Map<StateMapKey, EventId>(unconflicted);
  const rounds: RoomEvent[][][] = [[], [], [], []];
  for (const [key, ids] of conflicted) {
    const events = oldestFirst(ids, lookup);
    const [first] = events;
    if (!first) continue;
    if (events.length === 1) resolved.set(key, first.eventId);
    else rounds[roundOf(first)]?.push(events);
  }
  rounds.forEach((conflicts, round) => {
    // Conflicts of this round and later ones are absent from this state.
    const pick = round === LAST_ROUND ? newestAllowed : lastOfAllowedRow;
    const state = viewOfState(resolved, (id) => lookup.event(id));
    const winners = conflicts.map((events) => pick(events, state));
    for (const winner of winners) if (winner) resolved.set(keyOf(winner), winner.eventId);
  });
  return resolved;
}

const LAST_ROUND = 3;

function roundOf({ type, stateKey }: RoomEvent): number {
  if (type === 'm.room.power_levels' && stateKey === '') return 0;
  if (type === 'm.room.join_rules') return 1;
  return type === 'm.room.member' ? 2 : LAST_ROUND;
}

/** By ascending depth, then descending SHA-1 of the id. Events that the lookup does not know are left out. */
function oldestFirst(ids: Iterable<EventId>, lookup: EventLookup): RoomEvent[] {
  return [...ids]
    .map((id) => lookup.event(id))
    .filter((event) => event !== undefined)
    .map((event) => ({ event, sha1: hash('sha1', event.eventId) }))
    .sort((a, b) => a.event.depth - b.event.depth || (a.sha1 > b.sha1 ? -1 : 1))
    .map(({ event }) => event);
}

/** The first as it is, then each that the one before it allows, up to one that is not allowed. */
function lastOfAllowedRow(events: readonly RoomEvent[], state: StateView): RoomEvent | undefined {
  let [last] = events;
  for (const event of events.slice(1)) {
    if (!checkAuth(event, withEvent(state, last)).allowed) return last;
    last = event;
  }
  return last;
}

/** The newest that is allowed; where none is, the oldest. */
const newestAllowed = (events: readonly RoomEvent[], state: StateView): RoomEvent | undefined =>
  events.findLast((event) => checkAuth(event, state).allowed) ?? events[0];

const withEvent = (state: StateView, event: RoomEvent | undefined): StateView => ({
  get: (type, stateKey) => (event?.type === type && event.stateKey === stateKey ? event : state.get(type, stateKey)),
});

const keyOf = ({ type, stateKey }: RoomEvent): StateMapKey => stateMapKey(type, stateKey ?? '');
