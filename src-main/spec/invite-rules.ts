import { arrayAt, type JsonObject, stringAt } from '../base/json.js';
import { globMatches, parseGlob } from './glob.js';
import type { UserId } from './ids.js';
import { domainOf } from './state-view.js';

/** What becomes of an invitation: it comes, it is refused, or it comes and is shown to nobody. */
export type InviteRule = 'allow' | 'block' | 'ignore';

/** No id of a user or name of a server is longer. */
const LONGEST_PATTERN = 255;
const ORDER: readonly (readonly [list: string, rule: InviteRule])[] = [
  ['allowed', 'allow'],
  ['ignored', 'ignore'],
  ['blocked', 'block'],
];

/**
 * What becomes of an invitation by `inviter`: lists of people go before lists of servers, and in both what is allowed
 * before what is ignored, and that before what is blocked. Patterns have `*` and `?`, in any case.
 *
 * @param filter the content of `org.matrix.msc4155.invite_permission_config`
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4155
 */
export function inviteRule(filter: JsonObject, inviter: UserId): InviteRule {
  for (const [kind, text] of [
    ['users', inviter],
    ['servers', domainOf(inviter)],
  ] as const) {
    const found = ORDER.find(([list]) => isIn(filter, `${list}_${kind}`, text.toLowerCase()));
    if (found) return found[1];
  }
  return 'allow';
}

/** What becomes of any invitation. @see https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
export const inviteDefault = (config: JsonObject): InviteRule =>
  stringAt(config, 'default_action') === 'block' ? 'block' : 'allow';

const isIn = (filter: JsonObject, list: string, text: string): boolean =>
  (arrayAt(filter, list) ?? []).some(
    (pattern) =>
      typeof pattern === 'string' &&
      pattern !== '' &&
      pattern.length <= LONGEST_PATTERN &&
      globMatches(parseGlob(pattern.toLowerCase()), text),
  );
