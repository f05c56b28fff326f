import type { Migration } from '../migrate.js';

/** Pushers can be switched off, from other sessions too. */
export const migration: Migration = {
  version: 72,
  name: 'push-pushers-enabled',
  sql: [`ALTER TABLE pushers ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1`],
};
