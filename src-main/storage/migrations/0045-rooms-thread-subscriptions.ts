import type { Migration } from '../migrate.js';

/** Threads that people want to hear of. */
export const migration: Migration = {
  version: 45,
  name: 'rooms-thread-subscriptions',
  sql: [
    // subscribed: 0 when it was given up, at the position left_at; automatic: 1 when the client decided; pos: of the
    // last change.
    `CREATE TABLE thread_subscriptions (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      root_id TEXT NOT NULL,
      subscribed INTEGER NOT NULL,
      automatic INTEGER NOT NULL,
      left_at INTEGER,
      pos INTEGER NOT NULL,
      PRIMARY KEY (user_id, room_id, root_id)
    )`,
    `CREATE INDEX thread_subscriptions_changes ON thread_subscriptions (user_id, pos)`,
  ],
};
