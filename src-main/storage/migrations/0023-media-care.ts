import type { Migration } from '../migrate.js';

/** Media as those see them who look after the server: what is largest, what nobody opens, what must stay. */
export const migration: Migration = {
  version: 23,
  name: 'media-care',
  sql: [
    // last_used: when somebody last asked for it, to the minute. protected: 1 for what is never taken out of sight nor
    // cleared away.
    `ALTER TABLE media ADD COLUMN last_used INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE media ADD COLUMN protected INTEGER NOT NULL DEFAULT 0`,
    `UPDATE media SET last_used = created`,
    `CREATE INDEX media_created ON media (created, media_id) WHERE hash IS NOT NULL`,
    `CREATE INDEX media_size ON media (size, media_id) WHERE hash IS NOT NULL`,
    `CREATE INDEX media_used ON media (last_used, media_id) WHERE hash IS NOT NULL`,
    `CREATE INDEX remote_media_size ON remote_media (size, media_id)`,
    `CREATE INDEX remote_media_fetched ON remote_media (fetched, media_id)`,
  ],
};
