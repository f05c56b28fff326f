import type { Migration } from '../migrate.js';

/** What users changed of the rules that decide what notifies them. */
export const migration: Migration = {
  version: 70,
  name: 'push',
  sql: [
    // rules: JSON { rules: { [kind]: PushRule[] }, changes: { [kind/ruleId]: RuleChange } }
    `CREATE TABLE push_rules (
      user_id TEXT NOT NULL PRIMARY KEY,
      rules TEXT NOT NULL,
      pos INTEGER NOT NULL
    )`,
  ],
};
