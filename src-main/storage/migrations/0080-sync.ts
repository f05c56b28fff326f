import type { Migration } from '../migrate.js';

/** What clients of sliding sync were sent. */
export const migration: Migration = {
  version: 80,
  name: 'sync',
  sql: [
    // One state of a connection; conn_id and device_id '' where there is none. rooms: what was sent of which, as JSON.
    // At most two stand for each connection: the one whose arrival is known and the one that was sent last.
    `CREATE TABLE sliding_states (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      conn_id TEXT NOT NULL,
      state INTEGER NOT NULL,
      rooms TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id, conn_id, state)
    )`,
    // Receipts at the events that a client is shown first.
    `CREATE INDEX receipts_event ON receipts (event_id)`,
  ],
};
