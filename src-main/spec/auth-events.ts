import { stringAt } from '../base/json.js';
import type { RoomEvent, StateKey } from './event.js';
import type { RoomVersionRules } from './room-version.js';
import { thirdPartyInviteToken } from './state-view.js';

/** What of an event decides which state authorizes it. */
export type AuthorizedEvent = Pick<RoomEvent, 'type' | 'sender' | 'stateKey' | 'content'>;

const JOIN_RULES_MATTER: ReadonlySet<string | undefined> = new Set(['join', 'invite', 'knock']);

/**
 * Auth events selection: the keys of the state that the auth rules look at for this event. Where the room has an
 * event for a key, a new event names it in `auth_events`.
 *
 * @returns each key once; none for a create event. From room version 12 the create event is not among them, though the
 *   rules still read it from the state.
 * @see https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection
 */
export function authEventKeys(event: AuthorizedEvent, rules: RoomVersionRules): StateKey[] {
  if (event.type === 'm.room.create') return [];
  const keys: StateKey[] = rules.roomIdIsCreateHash ? [] : [['m.room.create', '']];
  keys.push(['m.room.power_levels', ''], ['m.room.member', event.sender]);
  if (event.type === 'm.room.member') keys.push(...memberKeys(event, rules));
  return keys;
}

function memberKeys({ sender, stateKey, content }: AuthorizedEvent, rules: RoomVersionRules): StateKey[] {
  const keys: StateKey[] = [];
  const membership = stringAt(content, 'membership');
  if (stateKey !== undefined && stateKey !== sender) keys.push(['m.room.member', stateKey]);
  if (JOIN_RULES_MATTER.has(membership)) keys.push(['m.room.join_rules', '']);
  const token = membership === 'invite' ? thirdPartyInviteToken(content) : undefined;
  if (token !== undefined) keys.push(['m.room.third_party_invite', token]);
  const authoriser = rules.restrictedJoins && membership === 'join' ? authorisingUser(content) : undefined;
  if (authoriser !== undefined && authoriser !== sender && authoriser !== stateKey) {
    keys.push(['m.room.member', authoriser]);
  }
  return keys;
}

/** Who let somebody in by a restricted join: `join_authorised_via_users_server`. */
export const authorisingUser = (content: RoomEvent['content']): string | undefined =>
  stringAt(content, 'join_authorised_via_users_server');
