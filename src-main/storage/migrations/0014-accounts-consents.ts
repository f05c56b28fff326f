import type { Migration } from '../migrate.js';

/** Who accepted which version of the terms, and of which they were told. */
export const migration: Migration = {
  version: 14,
  name: 'accounts-consents',
  sql: [
    // version: the last that they accepted; noticed: the last that the server wrote to them about.
    `CREATE TABLE user_consents (
      user_id TEXT NOT NULL PRIMARY KEY,
      version TEXT,
      given_ts INTEGER,
      noticed TEXT
    )`,
  ],
};
