import type { RoomEvent } from '../event.js';
import { powerLevelsOf } from '../power-levels.js';
import { domainOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/**
 * `m.room.redaction` in room versions 1 and 2: rule 11.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorization-rules
 */
export function checkRedaction({ rules, sender, eventId, redacts }: RoomEvent, state: StateView): Verdict {
  const levels = powerLevelsOf(state);
  if (levels.powerOf(sender) >= levels.levelFor('redact')) return allow;
  if (redacts !== undefined && domainOf(redacts) === domainOf(eventId)) return allow;
  return reject(rules, 'redaction.otherwise', `${sender} may not redact what others sent`);
}
