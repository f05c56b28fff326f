import type { Migration } from '../migrate.js';

/** Where people are notified, and what is on its way there. */
export const migration: Migration = {
  version: 71,
  name: 'push-pushers',
  sql: [
    // device_id: the session that set it. from_pos: it gets what comes after this; handed_on: how far it came since.
    `CREATE TABLE pushers (
      pusher_id INTEGER NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      app_id TEXT NOT NULL,
      pushkey TEXT NOT NULL,
      app_display_name TEXT NOT NULL,
      device_display_name TEXT NOT NULL,
      profile_tag TEXT NOT NULL,
      lang TEXT NOT NULL,
      data TEXT NOT NULL,
      device_id TEXT,
      set_ts INTEGER NOT NULL,
      unsubscribe_token TEXT NOT NULL,
      from_pos INTEGER NOT NULL,
      handed_on INTEGER NOT NULL,
      failing_since INTEGER,
      badge INTEGER
    )`,
    `CREATE UNIQUE INDEX pushers_key ON pushers (app_id, pushkey, user_id)`,
    `CREATE INDEX pushers_user ON pushers (user_id)`,
    `CREATE UNIQUE INDEX pushers_token ON pushers (unsubscribe_token)`,
    // Events that notify somebody with a pusher, one row however many; readers: JSON [{ actions, users }]
    `CREATE TABLE push_notices (
      pos INTEGER NOT NULL PRIMARY KEY,
      event_nid INTEGER NOT NULL,
      ts INTEGER NOT NULL,
      readers TEXT NOT NULL
    )`,
    `CREATE INDEX push_notices_time ON push_notices (ts)`,
    // How long a room waits between e-mails about it
    `CREATE TABLE push_throttles (
      pusher_id INTEGER NOT NULL,
      room_id TEXT NOT NULL,
      sent_ts INTEGER NOT NULL,
      noticed_ts INTEGER NOT NULL,
      wait INTEGER NOT NULL,
      PRIMARY KEY (pusher_id, room_id)
    )`,
  ],
};
