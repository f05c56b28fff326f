import type { Migration } from '../migrate.js';

/** How the server fares, minute by minute, and what happened. */
export const migration: Migration = {
  version: 111,
  name: 'health',
  sql: [
    // step: ms that a row stands for, a minute or an hour; at: where that begins. NULL: not known.
    `CREATE TABLE measurements (
      step INTEGER NOT NULL,
      at INTEGER NOT NULL,
      is_online INTEGER NOT NULL,
      connected REAL,
      active_rooms REAL,
      messages_local REAL,
      messages_remote REAL,
      delay REAL,
      memory REAL,
      disk_used REAL,
      disk_free REAL,
      waiting_servers REAL,
      waiting_age REAL,
      stall REAL,
      PRIMARY KEY (step, at)
    )`,
    // When something was said in each room, to the hour: rooms of the last day only.
    `CREATE TABLE active_rooms (room_id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL)`,
    `CREATE INDEX active_rooms_at ON active_rooms (at)`,
    // fields: JSON.
    `CREATE TABLE activity (
      id INTEGER NOT NULL PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      fields TEXT NOT NULL
    )`,
    // When each check came into a state; it lasts until the next row.
    `CREATE TABLE check_states (
      code TEXT NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (code, at)
    )`,
    // until_ts NULL: until the check says something else than value.
    `CREATE TABLE check_ignores (
      code TEXT NOT NULL PRIMARY KEY,
      until_ts INTEGER,
      value TEXT NOT NULL
    )`,
    // Single facts that checks compare with later.
    `CREATE TABLE health_marks (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL)`,
  ],
};
