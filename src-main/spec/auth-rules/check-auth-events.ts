import { authEventKeys } from '../auth-events.js';
import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { type StateMapKey, stateMapKey } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/**
 * The auth rules about an event's `auth_events`: rule 2, and 3 from room version 12.
 *
 * @param authEvents all events that `event.authEvents` names
 * @param isRejected whether an auth event was itself rejected when it was received
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function checkAuthEvents(
  event: RoomEvent,
  authEvents: readonly RoomEvent[],
  isRejected: (id: EventId) => boolean = () => false,
): Verdict {
  const { type, rules } = event;
  if (type === 'm.room.create') return allow;
  const twice = firstTwice(authEvents);
  if (twice) return reject(rules, 'auth_events.duplicate', `two auth events are ${described(twice)}`);
  const selected = new Set(authEventKeys(event, rules).map(([type, stateKey]) => stateMapKey(type, stateKey)));
  const astray = authEvents.find((other) => !selected.has(keyOf(other) ?? ''));
  if (astray) return reject(rules, 'auth_events.selection', `${described(astray)} does not authorize a ${type}`);
  const rejected = authEvents.find((other) => isRejected(other.eventId));
  if (rejected) return reject(rules, 'auth_events.rejected', `${rejected.eventId} was rejected`);
  if (!rules.roomIdIsCreateHash && !authEvents.some((other) => other.type === 'm.room.create')) {
    return reject(rules, 'auth_events.create', 'the create event is not among the auth events');
  }
  const abroad = authEvents.find((other) => other.roomId !== event.roomId);
  return abroad ? reject(rules, 'auth_events.room', `${abroad.eventId} is of room ${abroad.roomId}`) : allow;
}

function firstTwice(events: readonly RoomEvent[]): RoomEvent | undefined {
  const seen = new Set<StateMapKey | undefined>();
  return events.find((event) => seen.size === seen.add(keyOf(event)).size);
}

/** Undefined for an event that is no state, and which nothing selects. */
const keyOf = ({ type, stateKey }: RoomEvent): StateMapKey | undefined =>
  stateKey === undefined ? undefined : stateMapKey(type, stateKey);

const described = ({ type, stateKey }: RoomEvent): string => (stateKey ? `${type} of ${stateKey}` : type);
