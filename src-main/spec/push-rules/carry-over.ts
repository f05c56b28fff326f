import { type OwnRules, type PushRule, RULE_KINDS } from './ruleset.js';

/**
 * Adds to a user's rules about a room the same ones about another; they stand just behind those that they copy.
 *
 * @returns `own` itself when there is nothing to add
 */
export function carryOver(own: OwnRules, from: string, to: string): OwnRules {
  let changed = false;
  const rules = Object.fromEntries(
    RULE_KINDS.flatMap((kind) => {
      const standing = own.rules[kind];
      if (!standing) return [];
      const carried = standing.flatMap((rule) => {
        const copy = aboutOther(rule, from, to);
        const isNew = copy !== undefined && !standing.some(({ rule_id }) => rule_id === copy.rule_id);
        return isNew ? [rule, copy] : [rule];
      });
      changed ||= carried.length > standing.length;
      return [[kind, carried]];
    }),
  );
  return changed ? { ...own, rules } : own;
}

/** The same rule about another room; undefined for rules that are not about `from`. */
function aboutOther(rule: PushRule, from: string, to: string): PushRule | undefined {
  const isAbout = (condition: NonNullable<PushRule['conditions']>[number]) =>
    condition.kind === 'event_match' && condition['key'] === 'room_id' && condition['pattern'] === from;
  const matches = rule.conditions?.some(isAbout) ?? false;
  if (rule.rule_id !== from && !matches) return undefined;
  const conditions = rule.conditions?.map((each) => (isAbout(each) ? { ...each, pattern: to } : each));
  const id = rule.rule_id.includes(from) ? rule.rule_id.replaceAll(from, () => to) : `${rule.rule_id}.${to}`;
  return { ...rule, rule_id: id, ...(conditions && { conditions }) };
}
