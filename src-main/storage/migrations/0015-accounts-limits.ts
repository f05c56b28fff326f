import type { Migration } from '../migrate.js';

/** For whom other limits count than for all. */
export const migration: Migration = {
  version: 15,
  name: 'accounts-limits',
  sql: [
    // per_second 0: nothing of theirs is limited.
    `CREATE TABLE rate_limit_overrides (
      user_id TEXT NOT NULL PRIMARY KEY,
      per_second INTEGER NOT NULL,
      burst INTEGER NOT NULL
    )`,
  ],
};
