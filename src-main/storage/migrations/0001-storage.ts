import type { Migration } from '../migrate.js';

/** What the store needs for itself. */
export const migration: Migration = {
  version: 1,
  name: 'storage',
  sql: [
    // Facts about the whole database, such as server_name.
    `CREATE TABLE meta (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    )`,
    `INSERT INTO meta (key, value) VALUES ('checkpoints', '0')`,
    // How far positions are reserved: one row.
    `CREATE TABLE positions (
      name TEXT NOT NULL PRIMARY KEY,
      reserved INTEGER NOT NULL
    )`,
    // The record of streams that have no tables of their own; change: JSON.
    `CREATE TABLE changes (
      stream TEXT NOT NULL,
      position INTEGER NOT NULL,
      change TEXT NOT NULL,
      PRIMARY KEY (stream, position)
    ) WITHOUT ROWID`,
    // Up to where each follower has handled its stream.
    `CREATE TABLE bookmarks (
      follower TEXT NOT NULL PRIMARY KEY,
      position INTEGER NOT NULL
    )`,
  ],
};
