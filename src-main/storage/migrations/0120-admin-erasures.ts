import type { Migration } from '../migrate.js';

/** People who are being erased, and who were. */
export const migration: Migration = {
  version: 120,
  name: 'admin-erasures',
  sql: [
    // was_locked: the account was locked before; place: JSON, how far it is; total, done, kept: messages; ended NULL while
    // it is not over.
    `CREATE TABLE erasures (
      erasure_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      state TEXT NOT NULL,
      was_locked INTEGER NOT NULL,
      is_cancelled INTEGER NOT NULL,
      place TEXT,
      total INTEGER NOT NULL,
      done INTEGER NOT NULL,
      kept INTEGER NOT NULL,
      files INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      error TEXT,
      started INTEGER NOT NULL,
      ended INTEGER,
      pos INTEGER NOT NULL
    )`,
    `CREATE INDEX erasures_open ON erasures (pos) WHERE ended IS NULL`,
    `CREATE INDEX erasures_user ON erasures (user_id, pos)`,
    `CREATE INDEX erasures_all ON erasures (pos)`,
  ],
};
