import type { Migration } from '../migrate.js';

/** Who has an account here, their devices and tokens, and what they keep with us. Secrets are stored as hashes only. */
export const migration: Migration = {
  version: 10,
  name: 'accounts',
  sql: [
    `CREATE TABLE users (
      user_id TEXT NOT NULL PRIMARY KEY,
      password_hash TEXT,
      user_type TEXT,
      is_guest INTEGER NOT NULL DEFAULT 0,
      is_admin INTEGER NOT NULL DEFAULT 0,
      is_locked INTEGER NOT NULL DEFAULT 0,
      is_suspended INTEGER NOT NULL DEFAULT 0,
      is_deactivated INTEGER NOT NULL DEFAULT 0,
      is_erased INTEGER NOT NULL DEFAULT 0,
      created_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX users_created ON users (created_ts, user_id)`,
    `CREATE TABLE devices (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      display_name TEXT,
      created_ts INTEGER NOT NULL,
      last_seen_ts INTEGER,
      last_seen_ip TEXT,
      last_seen_user_agent TEXT,
      PRIMARY KEY (user_id, device_id)
    )`,
    `CREATE INDEX devices_last_seen ON devices (last_seen_ts)`,
    // An access token with the refresh token given out beside it. unused: nobody used either of them yet, so what they
    // replace still counts. Hashes are SHA-256 in URL-safe base64.
    `CREATE TABLE access_tokens (
      token_id INTEGER NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      device_id TEXT,
      token_hash TEXT NOT NULL UNIQUE,
      expires_ts INTEGER,
      refresh_hash TEXT UNIQUE,
      refresh_expires_ts INTEGER,
      session_expires_ts INTEGER,
      unused INTEGER NOT NULL DEFAULT 0
    )`,
    `CREATE INDEX access_tokens_device ON access_tokens (user_id, device_id)`,
    `CREATE INDEX access_tokens_expiry ON access_tokens (expires_ts) WHERE expires_ts IS NOT NULL`,
    `CREATE TABLE login_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      expires_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX login_tokens_expiry ON login_tokens (expires_ts)`,
    `CREATE TABLE openid_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      expires_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX openid_tokens_expiry ON openid_tokens (expires_ts)`,
    // completed: stage → its result; data: what the operation keeps until it is done. Both JSON.
    `CREATE TABLE uia_sessions (
      session_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT,
      operation TEXT NOT NULL,
      completed TEXT NOT NULL,
      data TEXT NOT NULL,
      expires_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX uia_sessions_expiry ON uia_sessions (expires_ts)`,
    // pending: registrations that showed the token and are not through yet.
    `CREATE TABLE registration_tokens (
      token TEXT NOT NULL PRIMARY KEY,
      uses_allowed INTEGER,
      pending INTEGER NOT NULL DEFAULT 0,
      completed INTEGER NOT NULL DEFAULT 0,
      expires_ts INTEGER,
      created_ts INTEGER NOT NULL
    )`,
    // value: JSON
    `CREATE TABLE profiles (
      user_id TEXT NOT NULL,
      field TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (user_id, field)
    )`,
    // room_id: '' for what is about no room. content: JSON, '{}' when deleted.
    `CREATE TABLE account_data (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      content TEXT NOT NULL,
      pos INTEGER NOT NULL,
      PRIMARY KEY (user_id, room_id, type)
    )`,
    `CREATE INDEX account_data_changes ON account_data (user_id, pos)`,
    // digest: SHA-256 of the filter, so that the same filter has the same id.
    `CREATE TABLE filters (
      user_id TEXT NOT NULL,
      filter_id INTEGER NOT NULL,
      digest TEXT NOT NULL,
      filter TEXT NOT NULL,
      PRIMARY KEY (user_id, filter_id),
      UNIQUE (user_id, digest)
    )`,
    `CREATE TABLE third_party_ids (
      medium TEXT NOT NULL,
      address TEXT NOT NULL,
      user_id TEXT NOT NULL,
      validated_ts INTEGER NOT NULL,
      added_ts INTEGER NOT NULL,
      PRIMARY KEY (medium, address)
    )`,
    `CREATE INDEX third_party_ids_user ON third_party_ids (user_id)`,
  ],
};
