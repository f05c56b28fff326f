import type { Migration } from '../migrate.js';

/** Previews of pages on the web, and the pictures kept for them. */
export const migration: Migration = {
  version: 22,
  name: 'media-url-previews',
  sql: [
    // preview: JSON, as clients get it; expires: ms since the epoch.
    `CREATE TABLE url_previews (
      url TEXT NOT NULL PRIMARY KEY,
      preview TEXT NOT NULL,
      fetched INTEGER NOT NULL,
      expires INTEGER NOT NULL
    )`,
    `CREATE INDEX url_previews_expiry ON url_previews (expires)`,
    // media_id: a row of \`media\`, which goes when this one does.
    `CREATE TABLE url_preview_pictures (
      media_id TEXT NOT NULL PRIMARY KEY,
      expires INTEGER NOT NULL
    )`,
    `CREATE INDEX url_preview_pictures_expiry ON url_preview_pictures (expires)`,
  ],
};
