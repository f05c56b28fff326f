import type { RoomEvent } from '../event.js';
import { createEventIdOf } from '../event-id.js';
import type { EventId } from '../ids.js';
import type { StateView } from '../state-view.js';

/**
 * What resolution may ask about the room; all of it is loaded before (see `eventsToLoad`). An event that the lookup does
 * not know is treated as if nobody had named it.
 */
export interface EventLookup {
  event(id: EventId): RoomEvent | undefined;
  /** The ids in its `auth_events`, for events that need not be loaded for more; by default asked of `event`. */
  authEvents?(id: EventId): readonly EventId[] | undefined;
  /** Whether it failed the checks on receipt. By default nothing did. */
  isRejected?(id: EventId): boolean;
}

/** The auth events of an event as far as they are known. */
export const authEventIds = (lookup: EventLookup, id: EventId): readonly EventId[] =>
  lookup.authEvents?.(id) ?? lookup.event(id)?.authEvents ?? [];

/** The auth event of this type with an empty `state_key`, rejected or not. */
export function authEventOf(event: RoomEvent, type: string, lookup: EventLookup): RoomEvent | undefined {
  for (const id of event.authEvents) {
    const other = lookup.event(id);
    if (other?.type === type && other.stateKey === '') return other;
  }
  return undefined;
}

/** The create event of the room that `event` is in, as the event itself refers to it. */
export const createEventFor = (event: RoomEvent, lookup: EventLookup): RoomEvent | undefined =>
  event.rules.roomIdIsCreateHash
    ? lookup.event(createEventIdOf(event.roomId))
    : authEventOf(event, 'm.room.create', lookup);

/** The state that an event's auth events name, without rejected ones, and with the create event. */
export function authEventsView(event: RoomEvent, lookup: EventLookup): StateView {
  const named = event.authEvents
    .filter((id) => !lookup.isRejected?.(id))
    .map((id) => lookup.event(id))
    .filter((other) => other !== undefined);
  return {
    get(type, stateKey) {
      const found = named.find((other) => other.type === type && other.stateKey === stateKey);
      if (found || type !== 'm.room.create' || !event.rules.roomIdIsCreateHash) return found;
      return stateKey === '' ? createEventFor(event, lookup) : undefined;
    },
  };
}
