import type { Migration } from '../migrate.js';

/** Links by which somebody chooses a new password, once; an administrator hands them out. */
export const migration: Migration = {
  version: 17,
  name: 'accounts-password-links',
  sql: [
    // token_hash: SHA-256, base64url; sign_out: 1 when the new password signs out everywhere.
    `CREATE TABLE password_links (
      token_hash TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      sign_out INTEGER NOT NULL,
      expires_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX password_links_user ON password_links (user_id)`,
    `CREATE INDEX password_links_expiry ON password_links (expires_ts)`,
  ],
};
