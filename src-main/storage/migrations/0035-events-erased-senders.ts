import type { Migration } from '../migrate.js';

/** People of this server whose events are shown without content to whoever was not in the room when they were sent. */
export const migration: Migration = {
  version: 35,
  name: 'events-erased-senders',
  sql: [
    'CREATE TABLE erased_senders (user_id TEXT NOT NULL PRIMARY KEY)',
    'INSERT INTO erased_senders (user_id) SELECT user_id FROM users WHERE is_erased = 1',
  ],
};
