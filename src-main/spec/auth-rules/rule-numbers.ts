import type { RoomVersionRules } from '../room-version.js';

type Presence = (rules: RoomVersionRules) => boolean;

const rule = <Name extends string>(depth: number, name: Name, present: Presence = () => true) => ({
  depth,
  name,
  present,
});

/**
 * The auth rules of all versions in the order of the spec's pages, so that each gets the number that it has in the page
 * of a version: a rule that the version lacks takes no number, nor do the rules below it.
 */
const OUTLINE = [
  rule(1, 'create'),
  rule(2, 'create.prev_events'),
  rule(2, 'create.room_id'),
  rule(2, 'create.room_version'),
  rule(2, 'create.creator', (is) => is.creatorInContent),
  rule(2, 'create.additional_creators', (is) => is.privilegedCreators),
  rule(1, 'room_id', (is) => is.roomIdIsCreateHash),
  rule(1, 'auth_events'),
  rule(2, 'auth_events.duplicate'),
  rule(2, 'auth_events.selection'),
  rule(2, 'auth_events.rejected'),
  rule(2, 'auth_events.create', (is) => !is.roomIdIsCreateHash),
  rule(2, 'auth_events.room'),
  rule(1, 'federate'),
  rule(1, 'aliases', (is) => is.aliasesAuthRule),
  rule(2, 'aliases.state_key'),
  rule(2, 'aliases.domain'),
  rule(1, 'member'),
  rule(2, 'member.keys'),
  rule(2, 'member.authoriser', (is) => is.restrictedJoins),
  rule(3, 'member.authoriser.signature'),
  rule(2, 'join'),
  rule(3, 'join.first'),
  rule(3, 'join.sender'),
  rule(3, 'join.banned'),
  rule(3, 'join.invite'),
  rule(3, 'join.restricted', (is) => is.restrictedJoins),
  rule(4, 'join.restricted.member'),
  rule(4, 'join.restricted.authoriser'),
  rule(3, 'join.public'),
  rule(3, 'join.otherwise'),
  rule(2, 'invite'),
  rule(3, 'invite.third_party'),
  rule(4, 'invite.third_party.banned'),
  rule(4, 'invite.third_party.signed'),
  rule(4, 'invite.third_party.properties'),
  rule(4, 'invite.third_party.mxid'),
  rule(4, 'invite.third_party.token'),
  rule(4, 'invite.third_party.sender'),
  rule(4, 'invite.third_party.signature'),
  rule(4, 'invite.third_party.otherwise'),
  rule(3, 'invite.sender'),
  rule(3, 'invite.target'),
  rule(3, 'invite.level'),
  rule(3, 'invite.otherwise'),
  rule(2, 'leave'),
  rule(3, 'leave.self'),
  rule(3, 'leave.sender'),
  rule(3, 'leave.unban'),
  rule(3, 'leave.kick'),
  rule(3, 'leave.otherwise'),
  rule(2, 'ban'),
  rule(3, 'ban.sender'),
  rule(3, 'ban.level'),
  rule(3, 'ban.otherwise'),
  rule(2, 'knock', (is) => is.knocking),
  rule(3, 'knock.join_rule'),
  rule(3, 'knock.sender'),
  rule(3, 'knock.membership'),
  rule(3, 'knock.otherwise'),
  rule(2, 'member.unknown'),
  rule(1, 'sender'),
  rule(1, 'third_party_invite'),
  rule(2, 'third_party_invite.level'),
  rule(1, 'required_level'),
  rule(1, 'state_key'),
  rule(1, 'power_levels'),
  rule(2, 'power_levels.integers', (is) => is.integerPowerLevels),
  rule(2, 'power_levels.maps', (is) => is.integerPowerLevels),
  rule(2, 'power_levels.users'),
  rule(2, 'power_levels.creators', (is) => is.privilegedCreators),
  rule(2, 'power_levels.first'),
  rule(2, 'power_levels.names'),
  rule(3, 'power_levels.names.current'),
  rule(3, 'power_levels.names.new'),
  rule(2, 'power_levels.events.current'),
  rule(3, 'power_levels.events.current.level'),
  rule(2, 'power_levels.events.new'),
  rule(3, 'power_levels.events.new.level'),
  rule(2, 'power_levels.users.current'),
  rule(3, 'power_levels.users.current.level'),
  rule(2, 'power_levels.users.new'),
  rule(3, 'power_levels.users.new.level'),
  rule(1, 'redaction', (is) => is.redactionAuthRule),
  rule(2, 'redaction.level'),
  rule(2, 'redaction.domain'),
  rule(2, 'redaction.otherwise'),
] as const;

/** What the code calls a rule, whatever its number. */
export type RuleName = (typeof OUTLINE)[number]['name'];

/**
 * The number of a rule in the page of the room's version, such as `5.3.2`.
 *
 * @returns the name itself where the version has no such rule
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function ruleNumber(rules: RoomVersionRules, name: RuleName): string {
  const known = pages.get(rules) ?? numbered(rules);
  pages.set(rules, known);
  return known.get(name) ?? name;
}

const pages = new WeakMap<RoomVersionRules, ReadonlyMap<RuleName, string>>();

function numbered(rules: RoomVersionRules): ReadonlyMap<RuleName, string> {
  const page = new Map<RuleName, string>();
  const counts: number[] = [];
  let absent = Infinity;
  for (const { depth, name, present } of OUTLINE) {
    if (depth > absent) continue;
    absent = present(rules) ? Infinity : depth;
    if (absent === depth) continue;
    counts.length = depth;
    counts[depth - 1] = (counts[depth - 1] ?? 0) + 1;
    page.set(name, counts.join('.'));
  }
  return page;
}
