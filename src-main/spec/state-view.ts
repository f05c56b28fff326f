import { objectAt, stringAt } from '../base/json.js';
import type { EventId, ServerName, UserId } from './ids.js';
import type { RoomEvent, StateKey } from './event.js';

/** A room's state as the auth rules see it: state just before an event, or the event's own auth events. */
export interface StateView {
  get(type: string, stateKey: string): RoomEvent | undefined;
}

/** `type` and `state_key` in one string, so that two different pairs never meet. Made by `stateMapKey`. */
export type StateMapKey = string;

/** Room state by event id. */
export type StateMap = ReadonlyMap<StateMapKey, EventId>;

/** What a membership may be; a user without a member event counts as `leave`. */
export type Membership = 'invite' | 'join' | 'knock' | 'leave' | 'ban';

/** The length of the type comes first, since both parts may hold any character. */
export const stateMapKey = (type: string, stateKey: string): StateMapKey => `${type.length}:${type}${stateKey}`;

/** The pair that `stateMapKey` was given. */
export function parseStateMapKey(key: StateMapKey): StateKey {
  const colon = key.indexOf(':');
  const end = colon + 1 + Number(key.slice(0, colon));
  return [key.slice(colon + 1, end), key.slice(end)];
}

/** A view of these state events; where two share a key the later one counts. */
export function viewOfEvents(events: Iterable<RoomEvent>): StateView {
  const byKey = new Map<StateMapKey, RoomEvent>();
  for (const event of events) {
    if (event.stateKey !== undefined) byKey.set(stateMapKey(event.type, event.stateKey), event);
  }
  return { get: (type, stateKey) => byKey.get(stateMapKey(type, stateKey)) };
}

/** A view of `state` whose events `event` knows. An event that it does not know counts as absent. */
export const viewOfState = (state: StateMap, event: (id: EventId) => RoomEvent | undefined): StateView => ({
  get(type, stateKey) {
    const id = state.get(stateMapKey(type, stateKey));
    return id === undefined ? undefined : event(id);
  },
});

export const createEventOf = (state: StateView): RoomEvent | undefined => state.get('m.room.create', '');

const MEMBERSHIPS: ReadonlySet<string> = new Set<Membership>(['invite', 'join', 'knock', 'leave', 'ban']);

/** The membership that `content` of a member event says, or undefined when it says none that exists. */
export function membershipIn(content: RoomEvent['content']): Membership | undefined {
  const membership = stringAt(content, 'membership');
  return membership !== undefined && MEMBERSHIPS.has(membership) ? (membership as Membership) : undefined;
}

/** The membership of `user`; `leave` for somebody who never was in the room. */
export function membershipOf(state: StateView, user: string): Membership {
  const event = state.get('m.room.member', user);
  return (event && membershipIn(event.content)) ?? 'leave';
}

/** The join rule; `invite` where the room names none. */
export const joinRuleOf = (state: StateView): string =>
  stringAt(state.get('m.room.join_rules', '')?.content, 'join_rule') ?? 'invite';

/**
 * The user who made the room, or undefined when the create event names nobody.
 *
 * @param create the room's `m.room.create` event
 */
export const creatorIn = (create: RoomEvent): UserId | undefined =>
  create.rules.creatorInContent ? (stringAt(create.content, 'creator') as UserId | undefined) : create.sender;

/** Everybody whom the create event calls a creator: from room version 12 also its `additional_creators`. */
export function creatorsIn(create: RoomEvent): readonly UserId[] {
  const creator = creatorIn(create);
  const first = creator === undefined ? [] : [creator];
  if (!create.rules.privilegedCreators) return first;
  const additional = create.content['additional_creators'];
  return Array.isArray(additional) ? [...first, ...additional.filter(isString)] : first;
}

/** The creators of the room, or an empty list when the state has no create event. */
export function creatorsOf(state: StateView): readonly UserId[] {
  const create = createEventOf(state);
  return create ? creatorsIn(create) : [];
}

/** False when the create event closes the room to other servers with `m.federate: false`. */
export const isFederated = (create: RoomEvent): boolean => create.content['m.federate'] !== false;

/** The server of an identifier: all after its first colon, or '' when there is none. */
export function domainOf(id: string): ServerName {
  const colon = id.indexOf(':');
  return colon < 0 ? '' : id.slice(colon + 1);
}

/** `content.third_party_invite.signed.token` of an invite. */
export const thirdPartyInviteToken = (content: RoomEvent['content']): string | undefined =>
  stringAt(objectAt(objectAt(content, 'third_party_invite'), 'signed'), 'token');

const isString = (value: unknown): value is UserId => typeof value === 'string';
