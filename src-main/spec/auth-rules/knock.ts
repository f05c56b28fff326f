import type { RoomEvent } from '../event.js';
import { joinRuleOf, membershipOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/** `m.room.member` with `membership: knock`; `target` is its `state_key`. */
export function checkKnock({ rules, sender }: RoomEvent, target: string, state: StateView): Verdict {
  const joinRule = joinRuleOf(state);
  if (joinRule !== 'knock' && !(joinRule === 'knock_restricted' && rules.knockRestricted)) {
    return reject(rules, 'knock.join_rule', `nobody may knock by the rule ${joinRule}`);
  }
  if (sender !== target) return reject(rules, 'knock.sender', `${sender} may not knock for ${target}`);
  const membership = membershipOf(state, sender);
  if (membership === 'leave' || membership === 'knock') return allow;
  return reject(rules, 'knock.otherwise', `${sender} need not or may not knock (${membership})`);
}
