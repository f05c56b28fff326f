import type { Migration } from '../migrate.js';

/** Graphs that fork, and the servers that share rooms with this one. */
export const migration: Migration = {
  version: 31,
  name: 'events-graph',
  sql: [
    // The state after state events; after all others it is the state before them.
    `CREATE TABLE state_after (event_nid INTEGER NOT NULL PRIMARY KEY, snapshot INTEGER NOT NULL)`,
    // The auth events of state events, as far as they are known.
    `CREATE TABLE auth_edges (
      event_nid INTEGER NOT NULL,
      auth_nid INTEGER NOT NULL,
      PRIMARY KEY (event_nid, auth_nid)
    ) WITHOUT ROWID`,
    `CREATE INDEX auth_edges_reverse ON auth_edges (auth_nid, event_nid)`,
    // Previous events that are not known, of events that have a place.
    `CREATE TABLE gaps (
      event_nid INTEGER NOT NULL,
      missing TEXT NOT NULL,
      room_nid INTEGER NOT NULL,
      PRIMARY KEY (event_nid, missing)
    ) WITHOUT ROWID`,
    `CREATE INDEX gaps_missing ON gaps (missing)`,
    `CREATE INDEX gaps_room ON gaps (room_nid, event_nid)`,
    // Other servers with people joined, and how many. since and until: positions, until only when the last one is gone.
    `CREATE TABLE room_servers (
      room_nid INTEGER NOT NULL,
      server_nid INTEGER NOT NULL,
      joined INTEGER NOT NULL,
      since INTEGER NOT NULL,
      until INTEGER,
      PRIMARY KEY (room_nid, server_nid)
    ) WITHOUT ROWID`,
    `CREATE INDEX room_servers_server ON room_servers (server_nid, room_nid)`,
    // Events that other servers must get.
    `CREATE TABLE outgoing_events (
      pos INTEGER NOT NULL PRIMARY KEY,
      room_nid INTEGER NOT NULL,
      event_nid INTEGER NOT NULL
    )`,
    `CREATE INDEX outgoing_events_room ON outgoing_events (room_nid, pos)`,
    // What another server showed of a room that somebody here was invited to or knocked at: a JSON list.
    `CREATE TABLE stripped_state (
      room_nid INTEGER NOT NULL,
      user_nid INTEGER NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (room_nid, user_nid)
    ) WITHOUT ROWID`,
    // Whether the sender had the level to redact what others sent: the target may come later.
    `ALTER TABLE redactions ADD COLUMN has_power INTEGER NOT NULL DEFAULT 0`,
  ],
};
