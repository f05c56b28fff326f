import type { Migration } from '../migrate.js';

/** Whom an invitation is for, and who came by it. */
export const migration: Migration = {
  version: 13,
  name: 'accounts-invitations',
  sql: [
    `ALTER TABLE registration_tokens ADD COLUMN label TEXT`,
    `CREATE TABLE invited_people (
      user_id TEXT NOT NULL PRIMARY KEY,
      token TEXT NOT NULL
    )`,
    `CREATE INDEX invited_people_token ON invited_people (token)`,
  ],
};
