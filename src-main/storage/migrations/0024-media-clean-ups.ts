import type { Migration } from '../migrate.js';

/** Files that are being cleared away, and that were. */
export const migration: Migration = {
  version: 24,
  name: 'media-clean-ups',
  sql: [
    // is_automatic: begun by the server itself; total, gone: files and their bytes; ended NULL while it is not over.
    `CREATE TABLE media_clean_ups (
      clean_up_id TEXT NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL,
      unused_since INTEGER NOT NULL,
      is_automatic INTEGER NOT NULL,
      state TEXT NOT NULL,
      is_cancelled INTEGER NOT NULL,
      total_count INTEGER NOT NULL,
      total_bytes INTEGER NOT NULL,
      gone_count INTEGER NOT NULL,
      gone_bytes INTEGER NOT NULL,
      started INTEGER NOT NULL,
      ended INTEGER,
      pos INTEGER NOT NULL
    )`,
    `CREATE INDEX media_clean_ups_open ON media_clean_ups (pos) WHERE ended IS NULL`,
    `CREATE INDEX media_clean_ups_all ON media_clean_ups (pos)`,
  ],
};
