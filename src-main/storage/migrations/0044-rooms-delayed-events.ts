import type { Migration } from '../migrate.js';

/** Events that users want to be sent later. */
export const migration: Migration = {
  version: 44,
  name: 'rooms-delayed-events',
  sql: [
    // state_key: NULL for what is no state; delay: ms; running_since and send_at: ms since the epoch; pos: when it came.
    // device_id and txn_id: of the request that brought it, where it had any.
    `CREATE TABLE delayed_events (
      delay_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      device_id TEXT,
      txn_id TEXT,
      room_id TEXT NOT NULL,
      type TEXT NOT NULL,
      state_key TEXT,
      content TEXT NOT NULL,
      delay INTEGER NOT NULL,
      running_since INTEGER NOT NULL,
      send_at INTEGER NOT NULL,
      pos INTEGER NOT NULL
    )`,
    `CREATE INDEX delayed_events_user ON delayed_events (user_id, pos)`,
    `CREATE INDEX delayed_events_due ON delayed_events (send_at)`,
  ],
};
