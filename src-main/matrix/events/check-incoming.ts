import { authEventKeys } from '../../spec/auth-events.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import { checkAuthEvents } from '../../spec/auth-rules/check-auth-events.js';
import type { Verdict } from '../../spec/auth-rules/verdict.js';
import type { RoomEvent, StateKey } from '../../spec/event.js';
import { hasLongKey } from '../../spec/event-limits.js';
import { createEventIdOf } from '../../spec/event-id.js';
import type { EventId } from '../../spec/ids.js';
import { type StateView, viewOfEvents } from '../../spec/state-view.js';

const CREATE: StateKey = ['m.room.create', ''];

/** The events that must be known before an event can be judged: those it names, and the create event. */
export function eventsToKnow({ type, rules, roomId, authEvents }: RoomEvent): EventId[] {
  const ids = [...new Set(authEvents)];
  if (!rules.roomIdIsCreateHash || type === CREATE[0]) return ids;
  const create = createEventIdOf(roomId);
  return ids.includes(create) ? ids : [...ids, create];
}

/** The entries of a state that decide whether it allows an event. */
export const keysToCheck = (event: RoomEvent): StateKey[] => {
  const keys = authEventKeys(event, event.rules);
  return keys.some(([type]) => type === CREATE[0]) ? keys : [CREATE, ...keys];
};

/**
 * Whether an event is allowed by the events that it names itself. One with a key that is longer than it may be, which
 * old rooms have, is rejected and not refused: others follow it.
 *
 * @param known all of `eventsToKnow(event)`
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rule 4
 */
export function checkByAuthEvents(
  event: RoomEvent,
  known: readonly RoomEvent[],
  isRejected: (id: EventId) => boolean,
): Verdict {
  if (hasLongKey(event)) return { allowed: false, rule: 'size limits', why: 'a key of it has too many bytes' };
  const named = new Set(event.authEvents);
  const authEvents = known.filter(({ eventId }) => named.has(eventId));
  const verdict = checkAuthEvents(event, authEvents, isRejected);
  return verdict.allowed ? checkAuth(event, viewOfEvents(known)) : verdict;
}

/** Whether the two views have the same entries wherever an event's right depends on them. */
export const agreeOn = (event: RoomEvent, one: StateView, other: StateView): boolean =>
  keysToCheck(event).every(([type, key]) => one.get(type, key)?.eventId === other.get(type, key)?.eventId);
