import type { Migration } from '../migrate.js';

/** Copies of what was uploaded elsewhere, media that nobody may see, and files that nothing may refer to any more. */
export const migration: Migration = {
  version: 21,
  name: 'media of other servers',
  sql: [
    // quarantined_by: the administrator who took it out of sight.
    `ALTER TABLE media ADD COLUMN quarantined_by TEXT`,
    // last_used: when somebody last asked for it, to the minute.
    `CREATE TABLE remote_media (
      origin TEXT NOT NULL,
      media_id TEXT NOT NULL,
      hash TEXT NOT NULL,
      size INTEGER NOT NULL,
      content_type TEXT NOT NULL,
      name TEXT,
      fetched INTEGER NOT NULL,
      last_used INTEGER NOT NULL,
      quarantined_by TEXT,
      PRIMARY KEY (origin, media_id)
    )`,
    `CREATE INDEX remote_media_hash ON remote_media (hash)`,
    `CREATE INDEX remote_media_used ON remote_media (last_used)`,
    `CREATE TABLE loose_files (hash TEXT NOT NULL PRIMARY KEY)`,
    `CREATE INDEX thumbnails_hash ON thumbnails (hash)`,
  ],
};
