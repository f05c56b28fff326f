import { authorisingUser } from '../auth-events.js';
import type { RoomEvent } from '../event.js';
import { powerLevelsOf } from '../power-levels.js';
import type { RoomVersionRules } from '../room-version.js';
import { createEventOf, creatorIn, joinRuleOf, membershipOf, type StateView } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/** `m.room.member` with `membership: join`; `target` is its `state_key`. */
export function checkJoin(event: RoomEvent, target: string, state: StateView): Verdict {
  const { rules, sender } = event;
  if (isFirstJoin(event, target, state)) return allow;
  if (sender !== target) return reject(rules, 'join.sender', `${sender} may not join for ${target}`);
  const membership = membershipOf(state, sender);
  if (membership === 'ban') return reject(rules, 'join.banned', `${sender} is banned`);
  const joinRule = joinRuleOf(state);
  if (joinRule === 'public') return allow;
  if (!isKnown(joinRule, rules)) return reject(rules, 'join.otherwise', `nobody may join by the rule ${joinRule}`);
  if (membership === 'join' || membership === 'invite') return allow;
  if (isRestricted(joinRule, rules)) return checkAuthoriser(event, state);
  return reject(rules, 'join.otherwise', `${sender} is not invited`);
}

/** The creator's join, right after the create event. */
function isFirstJoin({ prevEvents }: RoomEvent, target: string, state: StateView): boolean {
  const create = createEventOf(state);
  if (!create || prevEvents.length !== 1) return false;
  return prevEvents[0] === create.eventId && creatorIn(create) === target;
}

const isKnown = (joinRule: string, rules: RoomVersionRules): boolean =>
  joinRule === 'invite' || (joinRule === 'knock' && rules.knocking) || isRestricted(joinRule, rules);

const isRestricted = (joinRule: string, rules: RoomVersionRules): boolean =>
  (joinRule === 'restricted' && rules.restrictedJoins) || (joinRule === 'knock_restricted' && rules.knockRestricted);

function checkAuthoriser({ rules, content, sender }: RoomEvent, state: StateView): Verdict {
  const authoriser = authorisingUser(content);
  if (authoriser === undefined) {
    return reject(rules, 'join.restricted.authoriser', `${sender} is not invited, and nobody authorised the join`);
  }
  const levels = powerLevelsOf(state);
  if (membershipOf(state, authoriser) === 'join' && levels.powerOf(authoriser) >= levels.levelFor('invite'))
    return allow;
  return reject(rules, 'join.restricted.authoriser', `${authoriser} may not invite`);
}
