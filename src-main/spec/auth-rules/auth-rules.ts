import type { RoomEvent } from '../event.js';
import { createEventIdOf } from '../event-id.js';
import { powerLevelsOf } from '../power-levels.js';
import { createEventOf, domainOf, isFederated, membershipOf, type StateView } from '../state-view.js';
import { checkCreate } from './create.js';
import { checkMember } from './member.js';
import { checkPowerLevels } from './power-levels.js';
import { checkRedaction } from './redaction.js';
import { allow, reject, type Verdict } from './verdict.js';

/** One rule of the list: its verdict, or undefined when the next rule decides. */
type Rule = (event: RoomEvent, state: StateView) => Verdict | undefined;

/**
 * The auth rules of the event's room version, except those about its `auth_events` (see `checkAuthEvents`).
 *
 * Signatures are checked on receipt, before; here the signature of the server that authorised a restricted join must
 * merely be there. So give an event of our own its signatures first.
 *
 * @param state the state just before the event, or the state that its `auth_events` name (from room version 12 with the
 *   create event, which they do not name)
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function checkAuth(event: RoomEvent, state: StateView): Verdict {
  if (event.type === 'm.room.create') return checkCreate(event);
  for (const rule of RULES) {
    const verdict = rule(event, state);
    if (verdict) return verdict;
  }
  return allow;
}

const roomExists: Rule = (event, state) => {
  const create = createEventOf(state);
  if (!event.rules.roomIdIsCreateHash) {
    return create ? undefined : reject(event.rules, 'auth_events.create', 'the room has no create event');
  }
  if (create?.eventId === createEventIdOf(event.roomId)) return undefined;
  return reject(event.rules, 'room_id', `${event.roomId} is not the id of the room's create event`);
};

/** The spec looks at the sender only; Synapse and Dendrite also keep strangers from being invited. */
const federate: Rule = ({ type, sender, stateKey, rules }, state) => {
  const create = createEventOf(state);
  if (!create || isFederated(create)) return undefined;
  const users = type === 'm.room.member' && stateKey !== undefined ? [sender, stateKey] : [sender];
  const stranger = users.find((user) => domainOf(user) !== domainOf(create.sender));
  if (stranger === undefined) return undefined;
  return reject(rules, 'federate', `the room is closed to other servers, and ${stranger} is on one`);
};

const aliases: Rule = ({ type, sender, stateKey, rules }) => {
  if (type !== 'm.room.aliases' || !rules.aliasesAuthRule) return undefined;
  if (stateKey === undefined) return reject(rules, 'aliases.state_key', 'aliases need a state_key');
  if (stateKey === domainOf(sender)) return allow;
  return reject(rules, 'aliases.domain', `${sender} may not set the aliases of ${stateKey}`);
};

const member: Rule = (event, state) => (event.type === 'm.room.member' ? checkMember(event, state) : undefined);

const senderIsJoined: Rule = ({ sender, rules }, state) =>
  membershipOf(state, sender) === 'join' ? undefined : reject(rules, 'sender', `${sender} is not in the room`);

const thirdPartyInvite: Rule = ({ type, sender, rules }, state) => {
  if (type !== 'm.room.third_party_invite') return undefined;
  const levels = powerLevelsOf(state);
  if (levels.powerOf(sender) >= levels.levelFor('invite')) return allow;
  return reject(rules, 'third_party_invite.level', `${sender} may not invite`);
};

const requiredLevel: Rule = ({ type, sender, stateKey, rules }, state) => {
  const levels = powerLevelsOf(state);
  const [power, needed] = [levels.powerOf(sender), levels.levelForEvent(type, stateKey !== undefined)];
  if (needed <= power) return undefined;
  return reject(rules, 'required_level', `${sender} has power ${power}, and ${type} needs ${needed}`);
};

const ownStateKey: Rule = ({ sender, stateKey, rules }) =>
  stateKey?.startsWith('@') && stateKey !== sender
    ? reject(rules, 'state_key', `${sender} may not set state of ${stateKey}`)
    : undefined;

const powerLevels: Rule = (event, state) =>
  event.type === 'm.room.power_levels' ? checkPowerLevels(event, state) : undefined;

const redaction: Rule = (event, state) =>
  event.type === 'm.room.redaction' && event.rules.redactionAuthRule ? checkRedaction(event, state) : undefined;

const RULES: readonly Rule[] = [
  roomExists,
  federate,
  aliases,
  member,
  senderIsJoined,
  thirdPartyInvite,
  requiredLevel,
  ownStateKey,
  powerLevels,
  redaction,
];
