import type { Migration } from '../migrate.js';

/** What users uploaded, and thumbnails of it. The bytes are files, named by their SHA-256. */
export const migration: Migration = {
  version: 20,
  name: 'media',
  sql: [
    // hash and size: NULL until something is uploaded; expires: until when that is possible, ms.
    `CREATE TABLE media (
      media_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      created INTEGER NOT NULL,
      expires INTEGER,
      hash TEXT,
      size INTEGER,
      content_type TEXT,
      name TEXT
    )`,
    `CREATE INDEX media_user ON media (user_id, created)`,
    `CREATE INDEX media_hash ON media (hash)`,
    `CREATE INDEX media_waiting ON media (expires) WHERE hash IS NULL`,
    // source: the hash of the image; hash: that of the thumbnail.
    `CREATE TABLE thumbnails (
      source TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      method TEXT NOT NULL,
      animated INTEGER NOT NULL,
      hash TEXT NOT NULL,
      size INTEGER NOT NULL,
      content_type TEXT NOT NULL,
      PRIMARY KEY (source, width, height, method, animated)
    )`,
  ],
};
