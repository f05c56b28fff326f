import { isObject } from '../../base/json.js';
import { bodyHas, type Check, compileCondition, fromRoom, fromSender } from './conditions.js';
import { DEFAULT_RULES, DEFAULT_RULES_WITH_THREADS, LEGACY_MENTION_RULES } from './default-rules.js';
import type { PushEvent, PushReader } from './push-event.js';
import {
  mergeRules,
  type OwnRules,
  type PushAction,
  type PushRule,
  type PushRuleset,
  RULE_KINDS,
  type RuleKind,
  type Tweak,
} from './ruleset.js';

/** What becomes of an event for one reader. */
export interface PushOutcome {
  readonly notify: boolean;
  readonly highlight: boolean;
  /** `default`, `ring`, or a name that the reader's client knows; undefined for silence */
  readonly sound: string | undefined;
  /** what the rule says, for pushers: `notify` and tweaks */
  readonly actions: readonly PushAction[];
}

/** A user's rules made ready: made once, used for each event. */
export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
}

/** Nobody is told: no rule matches, or one that does nothing. */
export const NO_NOTIFICATION: PushOutcome = { notify: false, highlight: false, sound: undefined, actions: [] };

/** Makes a ruleset ready. Compile a user's rules when they change, and keep the result. */
export function compileRules(rules: PushRuleset): CompiledRules {
  return { rules: RULE_KINDS.flatMap((kind) => rules[kind].flatMap((rule) => compileRule(kind, rule))) };
}

/** The rules of everybody who changed nothing; one object for all, which makes large rooms cheap. */
export const DEFAULT_COMPILED: CompiledRules = compileRules(DEFAULT_RULES);

/** The same where threads have rules of their own. */
const WITH_THREADS_COMPILED: CompiledRules = compileRules(DEFAULT_RULES_WITH_THREADS);

/** A user's rules over the default ones, made ready. @param defaults one of the two rulesets of everybody */
export const compileOwnRules = (own: OwnRules, defaults = DEFAULT_RULES): CompiledRules =>
  own.changes.size === 0 && Object.values(own.rules).every((rules) => rules.length === 0)
    ? compiledDefaults(defaults)
    : compileRules(mergeRules(defaults, own));

const compiledDefaults = (defaults: PushRuleset): CompiledRules =>
  defaults === DEFAULT_RULES ? DEFAULT_COMPILED : WITH_THREADS_COMPILED;

/**
 * What the first matching rule says about `event` for `reader`; nothing about the reader's own events. Conditions that
 * do not depend on the reader are checked once for all who share `rules`.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export function evaluatePushRules(event: PushEvent, rules: CompiledRules, reader: PushReader): PushOutcome {
  if (event.event.sender === reader.userId) return NO_NOTIFICATION;
  for (const rule of candidates(event, rules)) {
    if (rule.forReader.every((check) => check.holds(event, reader))) return rule.outcome;
  }
  return NO_NOTIFICATION;
}

type CheckForAll = Extract<Check, { scope: 'all' }>;
type CheckForReader = Extract<Check, { scope: 'reader' }>;

interface CompiledRule {
  readonly isLegacyMention: boolean;
  readonly forAll: readonly CheckForAll[];
  readonly forReader: readonly CheckForReader[];
  readonly outcome: PushOutcome;
}

function compileRule(kind: RuleKind, rule: PushRule): CompiledRule[] {
  if (!rule.enabled) return [];
  const checks = checksOf(kind, rule);
  return [
    {
      isLegacyMention: rule.default && LEGACY_MENTION_RULES.has(rule.rule_id),
      forAll: checks.filter((check) => check.scope === 'all'),
      forReader: checks.filter((check) => check.scope === 'reader'),
      outcome: outcomeOf(rule.actions),
    },
  ];
}

function checksOf(kind: RuleKind, rule: PushRule): Check[] {
  switch (kind) {
    case 'content':
      return [bodyHas(rule.pattern ?? '')];
    case 'room':
      return [fromRoom(rule.rule_id)];
    case 'sender':
      return [fromSender(rule.rule_id)];
    default:
      return (rule.conditions ?? []).map(compileCondition);
  }
}

/** For each event the rules that may match it, by ruleset; dropped with the event. */
const candidatesOfEvents = new WeakMap<PushEvent, Map<CompiledRules, readonly CompiledRule[]>>();

function candidates(event: PushEvent, rules: CompiledRules): readonly CompiledRule[] {
  let byRules = candidatesOfEvents.get(event);
  if (!byRules) candidatesOfEvents.set(event, (byRules = new Map()));
  let found = byRules.get(rules);
  if (!found) byRules.set(rules, (found = findCandidates(event, rules)));
  return found;
}

/** Rules after one that matches for everybody are never reached. */
function findCandidates(event: PushEvent, { rules }: CompiledRules): CompiledRule[] {
  const found: CompiledRule[] = [];
  for (const rule of rules) {
    if (rule.isLegacyMention && event.hasMentions) continue;
    if (!rule.forAll.every((check) => check.holds(event))) continue;
    found.push(rule);
    if (rule.forReader.length === 0) break;
  }
  return found;
}

function outcomeOf(given: readonly PushAction[]): PushOutcome {
  if (!given.includes('notify')) return NO_NOTIFICATION;
  const actions = given.filter((action) => action === 'notify' || isTweak(action));
  const sound = tweak(actions, 'sound')?.value;
  return {
    notify: true,
    highlight: (tweak(actions, 'highlight') ?? { value: false }).value !== false,
    sound: typeof sound === 'string' ? sound : undefined,
    actions,
  };
}

function isTweak(action: unknown): action is Tweak {
  return isObject(action) && typeof action['set_tweak'] === 'string';
}

function tweak(actions: readonly PushAction[], name: string): Tweak | undefined {
  return actions.filter(isTweak).find((action) => action.set_tweak === name);
}
