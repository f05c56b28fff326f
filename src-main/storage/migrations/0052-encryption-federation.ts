import type { Migration } from '../migrate.js';

/** Device lists across servers: what others are told of our users, and our copies of the lists of theirs. */
export const migration: Migration = {
  version: 52,
  name: 'encryption-federation',
  sql: [
    // The last change of each of our users' devices, as other servers number it.
    `CREATE TABLE device_streams (user_id TEXT NOT NULL PRIMARY KEY, stream_id INTEGER NOT NULL)`,
    // Copies. stream_id: the last change that is in it. next_try: when it is to be fetched anew, ms; NULL while it is whole.
    `CREATE TABLE remote_device_lists (
      user_id TEXT NOT NULL PRIMARY KEY,
      stream_id INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_try INTEGER
    )`,
    `CREATE INDEX remote_device_lists_stale ON remote_device_lists (next_try) WHERE next_try IS NOT NULL`,
    // keys: identity keys as JSON; NULL for devices without.
    `CREATE TABLE remote_devices (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      display_name TEXT,
      keys TEXT,
      PRIMARY KEY (user_id, device_id)
    )`,
  ],
};
