import type { Migration } from '../migrate.js';

/** Proving that an address is one's own, and where addresses were published. Secrets of links are stored as hashes. */
export const migration: Migration = {
  version: 11,
  name: 'accounts-third-party',
  sql: [
    // purpose: what the proof is good for (register, add, password). validated_ts: when the link was followed.
    `CREATE TABLE validation_sessions (
      sid TEXT NOT NULL PRIMARY KEY,
      purpose TEXT NOT NULL,
      medium TEXT NOT NULL,
      address TEXT NOT NULL,
      client_secret TEXT NOT NULL,
      send_attempt INTEGER NOT NULL,
      next_link TEXT,
      validated_ts INTEGER,
      expires_ts INTEGER NOT NULL,
      UNIQUE (client_secret, purpose, medium, address)
    )`,
    `CREATE INDEX validation_sessions_expiry ON validation_sessions (expires_ts)`,
    `CREATE TABLE validation_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY,
      sid TEXT NOT NULL,
      expires_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX validation_tokens_expiry ON validation_tokens (expires_ts)`,
    `CREATE INDEX validation_tokens_session ON validation_tokens (sid)`,
    // Identity servers that publish an address of a user, at the user's wish.
    `CREATE TABLE identity_bindings (
      user_id TEXT NOT NULL,
      medium TEXT NOT NULL,
      address TEXT NOT NULL,
      id_server TEXT NOT NULL,
      PRIMARY KEY (user_id, medium, address, id_server)
    )`,
  ],
};
