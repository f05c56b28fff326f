import type { Cache, Caches } from '../../base/caches.js';
import { invalidParam, MatrixError, notFound } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { carryOver } from '../../spec/push-rules/carry-over.js';
import { DEFAULT_RULES, DEFAULT_RULES_WITH_THREADS } from '../../spec/push-rules/default-rules.js';
import { type CompiledRules, compileOwnRules } from '../../spec/push-rules/evaluate.js';
import {
  mergeRules,
  noOwnRules,
  type OwnRules,
  type PushRule,
  type PushRuleset,
  RULE_KINDS,
  type RuleChange,
  type RuleKind,
  ruleKey,
  rulesFor,
} from '../../spec/push-rules/ruleset.js';
import type { Database, Position } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { PushRuleStore } from './push-rules.store.js';

interface UserRules {
  readonly own: OwnRules;
  /** 0 for those who never changed anything */
  readonly position: Position;
  readonly compiled: CompiledRules;
}

/** Where a new rule stands among the user's own of its kind. */
export interface RulePlace {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const MOST_RULES = 1_000;
/** Conditions of all rules of a user: each may be asked about every event. */
const MOST_CONDITIONS = 2_000;

/** What notifies whom. @see https://spec.matrix.org/v1.19/client-server-api/#push-rules */
export class PushRules {
  readonly #known: Cache<UserId, UserRules>;
  /** Counts changes, so that a read begun before one is not remembered after it. */
  #changes = 0;

  readonly #defaults: PushRuleset;
  /** of all who changed nothing */
  readonly #unchanged: UserRules;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PushRuleStore;
      readonly caches: Caches;
      /** people hear of threads that they subscribed to only */
      readonly withThreads: boolean;
    },
  ) {
    this.#defaults = deps.withThreads ? DEFAULT_RULES_WITH_THREADS : DEFAULT_RULES;
    this.#unchanged = { own: noOwnRules, position: 0, compiled: compileOwnRules(noOwnRules, this.#defaults) };
    const entryBytes = (rules: UserRules) => (rules === this.#unchanged ? 150 : bytesOf(rules));
    this.#known = deps.caches.lru('push rules', { share: 0.015, entryBytes });
  }

  /** All rules of a user, default ones included, as clients see them. */
  async of(userId: UserId): Promise<PushRuleset> {
    const { own } = await this.#rules(userId);
    return rulesFor(userId, mergeRules(this.#defaults, own));
  }

  /** The same, ready to be asked about events. */
  async compiled(userId: UserId): Promise<CompiledRules> {
    return (await this.#rules(userId)).compiled;
  }

  /** When the user last changed a rule; 0 for never. */
  async position(userId: UserId): Promise<Position> {
    return (await this.#rules(userId)).position;
  }

  /** @throws MatrixError M_NOT_FOUND */
  async one(userId: UserId, kind: RuleKind, ruleId: string): Promise<PushRule> {
    const rule = (await this.of(userId))[kind].find((candidate) => candidate.rule_id === ruleId);
    if (!rule) throw notFound('there is no such push rule');
    return rule;
  }

  /** Adds a rule, or puts it in place of the one with its id. @throws MatrixError M_UNKNOWN, M_INVALID_PARAM */
  async put(userId: UserId, kind: RuleKind, rule: PushRule, place: RulePlace): Promise<void> {
    await this.#change(userId, (own) => {
      const standing = own.rules[kind] ?? [];
      const enabled = standing.find((other) => other.rule_id === rule.rule_id)?.enabled ?? true;
      const rules = insert(standing, { ...rule, enabled }, place);
      if (rules.length > MOST_RULES) throw invalidParam(`nobody may have more than ${MOST_RULES} rules of a kind`);
      const all = { ...own.rules, [kind]: rules };
      if (conditionsIn(all) > MOST_CONDITIONS) throw invalidParam(`at most ${MOST_CONDITIONS} conditions in all rules`);
      return { ...own, rules: all };
    });
  }

  /** @throws MatrixError M_NOT_FOUND, also for default rules */
  async remove(userId: UserId, kind: RuleKind, ruleId: string): Promise<void> {
    await this.#change(userId, (own) => {
      const standing = own.rules[kind] ?? [];
      const rules = standing.filter((rule) => rule.rule_id !== ruleId);
      if (rules.length === standing.length) throw notFound('you have no such push rule');
      return { ...own, rules: { ...own.rules, [kind]: rules } };
    });
  }

  /** Switches a rule on or off, or says what it does; default rules too. @throws MatrixError M_NOT_FOUND */
  async alter(userId: UserId, kind: RuleKind, ruleId: string, change: RuleChange): Promise<void> {
    await this.#change(userId, (own) => {
      const standing = own.rules[kind] ?? [];
      if (standing.some((rule) => rule.rule_id === ruleId)) {
        const rules = standing.map((rule) => (rule.rule_id === ruleId ? ({ ...rule, ...change } as PushRule) : rule));
        return { ...own, rules: { ...own.rules, [kind]: rules } };
      }
      if (!this.#defaults[kind].some((rule) => rule.rule_id === ruleId)) throw notFound('there is no such push rule');
      const key = ruleKey(kind, ruleId);
      return { ...own, changes: new Map(own.changes).set(key, { ...own.changes.get(key), ...change }) };
    });
  }

  /** What the user set for one room holds for another too. */
  async carryOver(userId: UserId, from: RoomId, to: RoomId): Promise<void> {
    const { own } = await this.#rules(userId);
    if (carryOver(own, from, to) !== own) await this.#change(userId, (now) => carryOver(now, from, to));
  }

  async #rules(userId: UserId): Promise<UserRules> {
    const known = this.#known.get(userId);
    if (known) return known;
    const changes = this.#changes;
    const record = await this.deps.store.one(this.deps.db, userId);
    const rules = record ? { ...record, compiled: compileOwnRules(record.own, this.#defaults) } : this.#unchanged;
    if (changes === this.#changes) this.#known.set(userId, rules);
    return rules;
  }

  async #change(userId: UserId, change: (own: OwnRules) => OwnRules): Promise<void> {
    const { db, store } = this.deps;
    await db.write(async (tx) => {
      const record = await store.one(tx, userId);
      await store.put(tx, userId, change(record?.own ?? noOwnRules), tx.position());
      tx.announce(userTopic(userId));
      const forget = () => {
        this.#changes += 1;
        this.#known.delete(userId);
      };
      tx.afterCommit(forget);
      // Whoever lost the database does not know which of the two it was.
      tx.afterUndo(forget);
    });
  }
}

/** What a user's rules take in memory, about: those of most people are all the same object. */
function bytesOf(rules: UserRules): number {
  const own = RULE_KINDS.reduce((sum, kind) => sum + (rules.own.rules[kind]?.length ?? 0), 0);
  return 4_000 + 1_000 * (own + rules.own.changes.size);
}

const conditionsIn = (rules: OwnRules['rules']): number =>
  Object.values(rules).reduce(
    (sum, of) => sum + of.reduce((some, rule) => some + (rule.conditions?.length ?? 0), 0),
    0,
  );

function insert(standing: readonly PushRule[], rule: PushRule, { before, after }: RulePlace): PushRule[] {
  const at = standing.findIndex((other) => other.rule_id === rule.rule_id);
  const neighbour = before ?? after;
  if (neighbour === undefined) return at < 0 ? [rule, ...standing] : standing.with(at, rule);
  const others = standing.filter((other) => other.rule_id !== rule.rule_id);
  const place = others.findIndex((other) => other.rule_id === neighbour);
  if (place < 0) throw new MatrixError(400, 'M_UNKNOWN', `before/after rule not found: ${neighbour}`);
  return others.toSpliced(before !== undefined ? place : place + 1, 0, rule);
}
