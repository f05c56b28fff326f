import { parseOwn } from '../../base/json.js';
import type { UserId } from '../../spec/ids.js';
import { type OwnRules, type RuleChange } from '../../spec/push-rules/ruleset.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, number]>(`
  INSERT INTO push_rules (user_id, rules, pos) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET rules = excluded.rules, pos = excluded.pos`);
const one = statement<[string], { rules: string; pos: number }>('SELECT rules, pos FROM push_rules WHERE user_id = ?');

/** A user's own rules, with when they last changed. */
export interface OwnRulesRecord {
  readonly own: OwnRules;
  readonly position: Position;
}

/** Table `push_rules`: a row for each user who changed anything. */
export class PushRuleStore {
  async put(tx: Transaction, userId: UserId, own: OwnRules, position: Position): Promise<void> {
    const json = JSON.stringify({ rules: own.rules, changes: Object.fromEntries(own.changes) });
    await tx.run(put, userId, json, position);
  }

  async one(db: Reader, userId: UserId): Promise<OwnRulesRecord | undefined> {
    const row = await db.get(one, userId);
    if (!row) return undefined;
    const { rules, changes } = parseOwn<{ rules: OwnRules['rules']; changes: Record<string, RuleChange> }>(row.rules);
    return { own: { rules, changes: new Map(Object.entries(changes)) }, position: row.pos };
  }
}
