import type { Migration } from '../migrate.js';

/** How far people have read, and how they last were. */
export const migration: Migration = {
  version: 60,
  name: 'ephemeral',
  sql: [
    // thread_id: '' for all of the room, 'main' for what is in no thread, or the thread's root. ord: the event's place.
    `CREATE TABLE receipts (
      room_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      receipt_type TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      ord INTEGER NOT NULL,
      ts INTEGER NOT NULL,
      pos INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id, receipt_type, thread_id)
    )`,
    `CREATE INDEX receipts_changed ON receipts (room_id, pos)`,
    `CREATE INDEX receipts_user ON receipts (user_id, room_id)`,
    `CREATE TABLE presence (
      user_id TEXT NOT NULL PRIMARY KEY,
      status_msg TEXT,
      last_active_ts INTEGER NOT NULL
    )`,
  ],
};
