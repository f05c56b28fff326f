import type { RoomEvent } from '../event.js';
import { powerLevelsOf } from '../power-levels.js';
import { membershipOf, type StateView } from '../state-view.js';
import { checkThirdPartyInvite } from './third-party-invite.js';
import { allow, reject, type Verdict } from './verdict.js';

/** `m.room.member` with `membership: invite`; `target` is its `state_key`. */
export function checkInvite(event: RoomEvent, target: string, state: StateView): Verdict {
  const { rules, sender, content } = event;
  if (content['third_party_invite'] !== undefined) return checkThirdPartyInvite(event, target, state);
  if (membershipOf(state, sender) !== 'join') return reject(rules, 'invite.sender', `${sender} is not in the room`);
  const membership = membershipOf(state, target);
  if (membership === 'join') return reject(rules, 'invite.target', `${target} is in the room already`);
  if (membership === 'ban') return reject(rules, 'invite.target', `${target} is banned`);
  const levels = powerLevelsOf(state);
  if (levels.powerOf(sender) >= levels.levelFor('invite')) return allow;
  return reject(rules, 'invite.otherwise', `${sender} may not invite`);
}
