import type { Migration } from '../migrate.js';

/** Of what kind the last failure was: so that consoles can say it in the words of their readers. */
export const migration: Migration = {
  version: 92,
  name: 'servers-failure-causes',
  sql: [`ALTER TABLE destinations ADD COLUMN last_cause TEXT`],
};
