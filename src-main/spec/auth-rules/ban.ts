import type { RoomEvent } from '../event.js';
import { powerLevelsOf } from '../power-levels.js';
import { membershipOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/** `m.room.member` with `membership: ban`; `target` is its `state_key`. */
export function checkBan({ rules, sender }: RoomEvent, target: string, state: StateView): Verdict {
  if (membershipOf(state, sender) !== 'join') return reject(rules, 'ban.sender', `${sender} is not in the room`);
  const levels = powerLevelsOf(state);
  const power = levels.powerOf(sender);
  if (power >= levels.levelFor('ban') && levels.powerOf(target) < power) return allow;
  return reject(rules, 'ban.otherwise', `${sender} (power ${power}) may not ban ${target}`);
}
