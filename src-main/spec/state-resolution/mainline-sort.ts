import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { authEventOf, type EventLookup } from './lookup.js';
import { compareAge } from './power-sort.js';

/**
 * Mainline ordering: first the events that rest on the oldest power levels, then by age, then by id.
 *
 * @param powerLevels the power levels event in force, whose predecessors make the mainline; without one only age and id
 *   count
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export function sortByMainline(
  events: Iterable<RoomEvent>,
  powerLevels: RoomEvent | undefined,
  lookup: EventLookup,
): RoomEvent[] {
  const positions = mainlineOf(powerLevels, lookup);
  return [...events]
    .map((event) => ({ event, position: positionOf(event, positions, lookup) }))
    .sort((a, b) => (a.position === b.position ? compareAge(a.event, b.event) : a.position > b.position ? -1 : 1))
    .map(({ event }) => event);
}

const previousLevels = (event: RoomEvent, lookup: EventLookup): RoomEvent | undefined =>
  authEventOf(event, 'm.room.power_levels', lookup);

function mainlineOf(powerLevels: RoomEvent | undefined, lookup: EventLookup): Map<EventId, number> {
  const positions = new Map<EventId, number>();
  for (let event = powerLevels; event && !positions.has(event.eventId); event = previousLevels(event, lookup)) {
    positions.set(event.eventId, positions.size);
  }
  return positions;
}

/** Infinity where the event rests on no power levels of the mainline. What is found on the way is kept in `positions`. */
function positionOf(event: RoomEvent, positions: Map<EventId, number>, lookup: EventLookup): number {
  const way = new Set<EventId>();
  let levels = previousLevels(event, lookup);
  while (levels && !positions.has(levels.eventId) && !way.has(levels.eventId)) {
    way.add(levels.eventId);
    levels = previousLevels(levels, lookup);
  }
  const position = (levels && positions.get(levels.eventId)) ?? Infinity;
  for (const id of way) positions.set(id, position);
  return position;
}
