import { stringAt } from '../../base/json.js';
import { authorisingUser } from '../auth-events.js';
import type { RoomEvent } from '../event.js';
import { domainOf, type StateView } from '../state-view.js';
import { checkBan } from './ban.js';
import { checkInvite } from './invite.js';
import { checkJoin } from './join.js';
import { checkKnock } from './knock.js';
import { checkLeave } from './leave.js';
import { reject, type Verdict } from './verdict.js';

/**
 * `m.room.member`, all memberships: rule 4 or 5.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function checkMember(event: RoomEvent, state: StateView): Verdict {
  const { rules, stateKey: target, content } = event;
  if (target === undefined || content['membership'] === undefined) {
    return reject(rules, 'member.keys', 'a member event needs a state_key and a membership');
  }
  const authoriser = rules.restrictedJoins ? authorisingUser(content) : undefined;
  if (authoriser !== undefined && !isSignedBy(event, domainOf(authoriser))) {
    return reject(rules, 'member.authoriser.signature', `the server of ${authoriser} has not signed`);
  }
  return checkMembership(event, target, state);
}

function checkMembership(event: RoomEvent, target: string, state: StateView): Verdict {
  const { rules, content } = event;
  const membership = stringAt(content, 'membership');
  if (membership === 'join') return checkJoin(event, target, state);
  if (membership === 'invite') return checkInvite(event, target, state);
  if (membership === 'leave') return checkLeave(event, target, state);
  if (membership === 'ban') return checkBan(event, target, state);
  if (membership === 'knock' && rules.knocking) return checkKnock(event, target, state);
  return reject(rules, 'member.unknown', `membership ${String(content['membership'])} is unknown`);
}

const isSignedBy = ({ pdu }: RoomEvent, server: string): boolean =>
  Object.hasOwn(pdu.signatures, server) && Object.keys(pdu.signatures[server] ?? {}).length > 0;
