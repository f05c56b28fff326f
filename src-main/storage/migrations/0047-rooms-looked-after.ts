import type { Migration } from '../migrate.js';

/** Rooms as those see them who look after the server: their figures, which are blocked, and what was removed. */
export const migration: Migration = {
  version: 47,
  name: 'rooms-looked-after',
  sql: [
    // What a room is and how much, kept as events come. counted: the position up to which events are counted; name: NULL
    // without one; people: JSON, a few names for a room without one; sort_name: lower case; local: people here who are
    // in it; last_ts: when something last happened.
    `CREATE TABLE room_figures (
      room_nid INTEGER NOT NULL PRIMARY KEY,
      room_id TEXT NOT NULL,
      counted INTEGER NOT NULL,
      events INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      last_ts INTEGER NOT NULL,
      joined INTEGER NOT NULL,
      local INTEGER NOT NULL,
      name TEXT,
      alias TEXT,
      people TEXT NOT NULL,
      sort_name TEXT NOT NULL,
      is_encrypted INTEGER NOT NULL,
      is_space INTEGER NOT NULL,
      join_rule TEXT NOT NULL,
      version TEXT NOT NULL
    )`,
    `CREATE UNIQUE INDEX room_figures_id ON room_figures (room_id)`,
    ...['sort_name', 'joined', 'local', 'events', 'bytes', 'last_ts'].map(
      (column) => `CREATE INDEX room_figures_${column} ON room_figures (${column}, room_nid)`,
    ),
    `CREATE INDEX room_figures_spaces ON room_figures (sort_name) WHERE is_space = 1`,
    // Rooms that nobody here may come into. blocked_by: NULL when it was done from the console.
    `CREATE TABLE blocked_rooms (
      room_id TEXT NOT NULL PRIMARY KEY,
      blocked_by TEXT,
      blocked_ts INTEGER NOT NULL,
      name TEXT
    )`,
    // What removes rooms or their history, and what did. kind: 'room' or 'history'; request, result: JSON; ended NULL
    // while it is not over.
    `CREATE TABLE room_removals (
      removal_id TEXT NOT NULL PRIMARY KEY,
      room_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      request TEXT NOT NULL,
      result TEXT NOT NULL,
      total INTEGER NOT NULL,
      done INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      place TEXT,
      started INTEGER NOT NULL,
      ended INTEGER,
      pos INTEGER NOT NULL
    )`,
    `CREATE INDEX room_removals_open ON room_removals (pos) WHERE ended IS NULL`,
    `CREATE INDEX room_removals_room ON room_removals (room_id, pos)`,
    `CREATE INDEX room_removals_all ON room_removals (pos)`,
    // What goes with a room.
    `CREATE INDEX account_data_room ON account_data (room_id) WHERE room_id <> ''`,
    `CREATE INDEX thread_subscriptions_room ON thread_subscriptions (room_id)`,
    `CREATE INDEX delayed_events_room ON delayed_events (room_id)`,
  ],
};
