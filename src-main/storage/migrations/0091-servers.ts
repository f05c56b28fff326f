import type { Migration } from '../migrate.js';

/** How other servers fare, and what is known of their keys. */
export const migration: Migration = {
  version: 91,
  name: 'servers',
  sql: [
    // Times in ms since the epoch. failures: in a row; 0 for one that answers.
    `CREATE TABLE destinations (
      server TEXT NOT NULL PRIMARY KEY,
      failing_since INTEGER,
      failures INTEGER NOT NULL,
      next_try INTEGER,
      last_success INTEGER,
      last_failure INTEGER,
      last_why TEXT
    )`,
    `CREATE INDEX destinations_failing ON destinations (failures)`,
    // valid_until: the key counts for what was signed until then. expired: given up by its server since then.
    `CREATE TABLE server_keys (
      server TEXT NOT NULL,
      key_id TEXT NOT NULL,
      public_key TEXT NOT NULL,
      valid_until INTEGER NOT NULL,
      is_expired INTEGER NOT NULL,
      fetched_at INTEGER NOT NULL,
      PRIMARY KEY (server, key_id)
    )`,
    // What a server said of its keys, as it signed it and as we had it from it or from a notary: handed on to who asks.
    `CREATE TABLE server_key_answers (
      server TEXT NOT NULL,
      key_id TEXT NOT NULL,
      valid_until INTEGER NOT NULL,
      answer TEXT NOT NULL,
      PRIMARY KEY (server, key_id)
    )`,
  ],
};
