import type { Migration } from '../migrate.js';

/** Room aliases and the published room directory. */
export const migration: Migration = {
  version: 40,
  name: 'rooms',
  sql: [
    `CREATE TABLE room_aliases (
      alias TEXT NOT NULL PRIMARY KEY,
      room_id TEXT NOT NULL,
      creator TEXT NOT NULL,
      created_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX room_aliases_room ON room_aliases (room_id)`,
    `CREATE TABLE published_rooms (room_id TEXT NOT NULL PRIMARY KEY)`,
  ],
};
