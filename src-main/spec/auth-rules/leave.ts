import type { RoomEvent } from '../event.js';
import { powerLevelsOf } from '../power-levels.js';
import { membershipOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/** `m.room.member` with `membership: leave`: leaving, declining, kicking and unbanning; `target` is its `state_key`. */
export function checkLeave(event: RoomEvent, target: string, state: StateView): Verdict {
  const { rules, sender } = event;
  if (sender === target) return checkOwnLeave(event, state);
  if (membershipOf(state, sender) !== 'join') return reject(rules, 'leave.sender', `${sender} is not in the room`);
  const levels = powerLevelsOf(state);
  const power = levels.powerOf(sender);
  if (membershipOf(state, target) === 'ban' && power < levels.levelFor('ban')) {
    return reject(rules, 'leave.unban', `${sender} may not unban`);
  }
  if (power >= levels.levelFor('kick') && levels.powerOf(target) < power) return allow;
  return reject(rules, 'leave.otherwise', `${sender} (power ${power}) may not kick ${target}`);
}

function checkOwnLeave({ rules, sender }: RoomEvent, state: StateView): Verdict {
  const membership = membershipOf(state, sender);
  if (membership === 'join' || membership === 'invite') return allow;
  if (membership === 'knock' && rules.knocking) return allow;
  return reject(rules, 'leave.self', `${sender} is not in the room (${membership})`);
}
