import type { Migration } from '../migrate.js';

/** What goes to other servers and has not arrived, and what came from them and has no place yet. */
export const migration: Migration = {
  version: 100,
  name: 'federation',
  sql: [
    // Servers that are behind: all events of ours up to sent_pos reached them. The others have all up to the sender's
    // bookmark.
    `CREATE TABLE lagging_destinations (
      server TEXT NOT NULL PRIMARY KEY,
      sent_pos INTEGER NOT NULL
    )`,
    // EDUs that must arrive, once each, and to whom they still have to go. text: canonical JSON.
    `CREATE TABLE outgoing_edus (pos INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL)`,
    `CREATE TABLE outgoing_edu_servers (
      server TEXT NOT NULL,
      pos INTEGER NOT NULL,
      edu_key TEXT,
      PRIMARY KEY (server, pos)
    )`,
    `CREATE INDEX outgoing_edu_servers_pos ON outgoing_edu_servers (pos)`,
    `CREATE INDEX outgoing_edu_servers_key ON outgoing_edu_servers (server, edu_key) WHERE edu_key IS NOT NULL`,
    // PDUs that were taken from another server and wait for others to be fetched before they get their place.
    `CREATE TABLE staged_pdus (
      pos INTEGER NOT NULL PRIMARY KEY,
      event_id TEXT NOT NULL UNIQUE,
      origin TEXT NOT NULL,
      room_id TEXT NOT NULL,
      received_ts INTEGER NOT NULL,
      json TEXT NOT NULL
    )`,
    `CREATE INDEX staged_pdus_origin ON staged_pdus (origin, room_id, pos)`,
  ],
};
