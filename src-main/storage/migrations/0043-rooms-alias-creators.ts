import type { Migration } from '../migrate.js';

/** Finds the aliases that somebody made, so that they can be counted. */
export const migration: Migration = {
  version: 43,
  name: 'rooms-alias-creators',
  sql: ['CREATE INDEX room_aliases_creator ON room_aliases (creator)'],
};
