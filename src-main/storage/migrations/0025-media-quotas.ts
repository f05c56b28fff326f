import type { Migration } from '../migrate.js';

/** How much single people may keep here. */
export const migration: Migration = {
  version: 25,
  name: 'media-quotas',
  sql: ['CREATE TABLE media_quotas (user_id TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL)'],
};
