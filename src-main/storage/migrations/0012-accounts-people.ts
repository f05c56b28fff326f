import type { Migration } from '../migrate.js';

/** Finds quickly whether anybody has an account of their own yet, however many guests came before. */
export const migration: Migration = {
  version: 12,
  name: 'accounts-people',
  sql: [`CREATE INDEX users_people ON users (created_ts) WHERE is_guest = 0 AND user_type IS NULL`],
};
