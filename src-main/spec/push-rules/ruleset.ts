import { Type } from 'typebox';
import type { JsonObject, JsonValue } from '../../base/json.js';
import type { UserId } from '../ids.js';
import { localpartOf } from '../grammar.js';

/**
 * The kinds of push rules in the order in which they are tried. `postcontent` is not in the spec yet, and has rules of the
 * server only: MSC4306 brought it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export const RULE_KINDS = ['override', 'content', 'postcontent', 'room', 'sender', 'underride'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Sets a detail of the notification: `sound`, `highlight`, or one that only clients know. */
export interface Tweak extends JsonObject {
  readonly set_tweak: string;
  readonly value?: JsonValue;
}

/** `notify`, a tweak, or something old (`dont_notify`, `coalesce`) that does nothing. */
export type PushAction = string | Tweak;

/** What must hold of an event; `kind` says which other keys it has. */
export interface PushCondition extends JsonObject {
  readonly kind: string;
}

/** A rule as clients see it. */
export interface PushRule {
  /** for rules of a room or a sender its id; those of the server begin with a dot */
  readonly rule_id: string;
  readonly default: boolean;
  readonly enabled: boolean;
  readonly actions: readonly PushAction[];
  /** of override, underride and postcontent rules */
  readonly conditions?: readonly PushCondition[];
  /** of content rules */
  readonly pattern?: string;
}

/** All rules of a user, the most important first in each kind. */
export type PushRuleset = { readonly [kind in RuleKind]: readonly PushRule[] };

/** What a user changed about a default rule. */
export interface RuleChange {
  readonly enabled?: boolean | undefined;
  readonly actions?: readonly PushAction[] | undefined;
}

/** What a user has beside the default rules. */
export interface OwnRules {
  /** the user's rules of each kind, the most important first */
  readonly rules: Partial<PushRuleset>;
  /** by `ruleKey` of a default rule */
  readonly changes: ReadonlyMap<string, RuleChange>;
}

/** The key of a rule among those of one user: a rule id is unique within its kind only. */
export const ruleKey = (kind: RuleKind, ruleId: string): string => `${kind}/${ruleId}`;

export const noOwnRules: OwnRules = { rules: {}, changes: new Map() };

/**
 * Puts a user's own rules above the default ones, where only the master rule stands above all, and applies the user's
 * changes.
 */
export function mergeRules(defaults: PushRuleset, own: OwnRules): PushRuleset {
  const merged = (kind: RuleKind): PushRule[] => {
    const changed = defaults[kind].map((rule) => withChange(rule, own.changes.get(ruleKey(kind, rule.rule_id))));
    const first = kind === 'override' ? changed.splice(0, 1) : [];
    return [...first, ...(own.rules[kind] ?? []), ...changed];
  };
  return {
    override: merged('override'),
    content: merged('content'),
    postcontent: merged('postcontent'),
    room: merged('room'),
    sender: merged('sender'),
    underride: merged('underride'),
  };
}

/** The rules as `userId` sees them: where default rules speak of the user, the user's id or localpart. */
export function rulesFor(userId: UserId, rules: PushRuleset): PushRuleset {
  const personal = (list: readonly PushRule[]): PushRule[] => list.map((rule) => personalRule(userId, rule));
  return {
    override: personal(rules.override),
    content: personal(rules.content),
    postcontent: personal(rules.postcontent),
    room: personal(rules.room),
    sender: personal(rules.sender),
    underride: personal(rules.underride),
  };
}

/** The pattern of the default content rule, which stands for the reader's localpart. */
export const READER_LOCALPART = '\0localpart';
/** The value of conditions in default rules that stands for the reader's user id. */
export const READER_ID = '\0user_id';

export const ruleKind = Type.Unsafe<RuleKind>({ type: 'string', enum: [...RULE_KINDS] });

/** The actions of a rule that a client sends. */
export const pushActions = Type.Array(
  Type.Union([
    Type.Literal('notify'),
    Type.Literal('dont_notify'),
    Type.Literal('coalesce'),
    Type.Unsafe<Tweak>({ type: 'object', required: ['set_tweak'], properties: { set_tweak: { type: 'string' } } }),
  ]),
  { maxItems: 100 },
);

/** The conditions of a rule that a client sends; unknown kinds are kept, and never hold. */
export const pushConditions = Type.Array(
  Type.Unsafe<PushCondition>({
    type: 'object',
    required: ['kind'],
    properties: {
      kind: { type: 'string' },
      key: { type: 'string' },
      pattern: { type: 'string' },
      is: { type: 'string' },
      value: { type: ['string', 'integer', 'boolean', 'null'] },
    },
  }),
  { maxItems: 100 },
);

const withChange = (rule: PushRule, change: RuleChange | undefined): PushRule =>
  change ? { ...rule, enabled: change.enabled ?? rule.enabled, actions: change.actions ?? rule.actions } : rule;

function personalRule(userId: UserId, rule: PushRule): PushRule {
  if (rule.pattern === READER_LOCALPART) return { ...rule, pattern: localpartOf(userId) };
  if (!rule.default || !rule.conditions) return rule;
  const conditions = rule.conditions.map((condition): PushCondition => {
    if (condition['pattern'] === READER_ID) return { ...condition, pattern: userId };
    return condition['value'] === READER_ID ? { ...condition, value: userId } : condition;
  });
  return { ...rule, conditions };
}
