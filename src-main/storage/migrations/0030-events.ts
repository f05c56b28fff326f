import type { Migration } from '../migrate.js';

/** Rooms, their events and their state. Long strings are interned: rows hold numbers (`*_nid`). */
export const migration: Migration = {
  version: 30,
  name: 'events',
  sql: [
    // User ids, event types and the like, once each.
    `CREATE TABLE names (nid INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
    // Pairs of type and state_key.
    `CREATE TABLE state_keys (
      nid INTEGER NOT NULL PRIMARY KEY,
      type_nid INTEGER NOT NULL,
      state_key TEXT NOT NULL,
      UNIQUE (state_key, type_nid)
    )`,
    // snapshot: the state of the room now; joined and invited: how many people.
    `CREATE TABLE rooms (
      nid INTEGER NOT NULL PRIMARY KEY,
      room_id TEXT NOT NULL UNIQUE,
      version TEXT NOT NULL,
      snapshot INTEGER,
      joined INTEGER NOT NULL DEFAULT 0,
      invited INTEGER NOT NULL DEFAULT 0,
      created_ts INTEGER NOT NULL
    )`,
    // ord: the place in the room's timeline as this server tells it, the position at which it came; negative for history
    //   fetched later; NULL for events known only as state. snapshot: the state before the event.
    // status: 0 accepted, 1 rejected, 2 soft-failed. redacted_by: the nid of the redaction that was applied.
    `CREATE TABLE events (
      nid INTEGER NOT NULL PRIMARY KEY,
      event_id TEXT NOT NULL UNIQUE,
      room_nid INTEGER NOT NULL,
      ord INTEGER,
      type_nid INTEGER NOT NULL,
      sender_nid INTEGER NOT NULL,
      state_nid INTEGER,
      snapshot INTEGER,
      depth INTEGER NOT NULL,
      origin_server_ts INTEGER NOT NULL,
      status INTEGER NOT NULL DEFAULT 0,
      redacted_by INTEGER,
      sender_device TEXT,
      txn_id TEXT,
      json TEXT NOT NULL
    )`,
    `CREATE UNIQUE INDEX events_timeline ON events (room_nid, ord)`,
    `CREATE UNIQUE INDEX events_transaction ON events (sender_nid, txn_id, sender_device, room_nid, type_nid)
      WHERE txn_id IS NOT NULL`,
    `CREATE INDEX events_stream ON events (ord) WHERE ord > 0`,
    `CREATE TABLE forward_extremities (
      room_nid INTEGER NOT NULL,
      event_nid INTEGER NOT NULL,
      PRIMARY KEY (room_nid, event_nid)
    )`,
    // A snapshot is its parent with a few entries laid over; layers counts the chain, size its own entries.
    `CREATE TABLE state_snapshots (
      snapshot INTEGER NOT NULL PRIMARY KEY,
      parent INTEGER,
      layers INTEGER NOT NULL,
      size INTEGER NOT NULL
    )`,
    // event_nid 0: the entry is gone.
    `CREATE TABLE state_deltas (
      snapshot INTEGER NOT NULL,
      state_nid INTEGER NOT NULL,
      event_nid INTEGER NOT NULL,
      PRIMARY KEY (snapshot, state_nid)
    )`,
    `CREATE TABLE current_state (
      room_nid INTEGER NOT NULL,
      type_nid INTEGER NOT NULL,
      state_nid INTEGER NOT NULL,
      event_nid INTEGER NOT NULL,
      PRIMARY KEY (room_nid, type_nid, state_nid)
    )`,
    // How the current state came about; event_nid 0: the entry went away.
    `CREATE TABLE state_changes (
      pos INTEGER NOT NULL PRIMARY KEY,
      room_nid INTEGER NOT NULL,
      type_nid INTEGER NOT NULL,
      state_nid INTEGER NOT NULL,
      event_nid INTEGER NOT NULL,
      previous_nid INTEGER NOT NULL
    )`,
    `CREATE INDEX state_changes_room ON state_changes (room_nid, pos)`,
    // Who is in which room now. since: the position of the last change of membership itself.
    `CREATE TABLE memberships (
      room_nid INTEGER NOT NULL,
      user_nid INTEGER NOT NULL,
      membership TEXT NOT NULL,
      event_nid INTEGER NOT NULL,
      pos INTEGER NOT NULL,
      since INTEGER NOT NULL,
      is_local INTEGER NOT NULL,
      forgotten INTEGER NOT NULL DEFAULT 0,
      display_name TEXT,
      avatar_url TEXT,
      PRIMARY KEY (room_nid, user_nid)
    )`,
    `CREATE INDEX memberships_user ON memberships (user_nid, membership)`,
    `CREATE INDEX memberships_room ON memberships (room_nid, membership, event_nid)`,
    // Changes of membership (not of names), for intervals and device lists.
    `CREATE TABLE membership_changes (
      pos INTEGER NOT NULL PRIMARY KEY,
      room_nid INTEGER NOT NULL,
      user_nid INTEGER NOT NULL,
      membership TEXT NOT NULL,
      previous TEXT NOT NULL,
      event_nid INTEGER NOT NULL
    )`,
    `CREATE INDEX membership_changes_user ON membership_changes (user_nid, pos)`,
    `CREATE INDEX membership_changes_room ON membership_changes (room_nid, pos)`,
    `CREATE TABLE relations (
      event_nid INTEGER NOT NULL PRIMARY KEY,
      room_nid INTEGER NOT NULL,
      parent_id TEXT NOT NULL,
      rel_type TEXT NOT NULL,
      type_nid INTEGER NOT NULL,
      sender_nid INTEGER NOT NULL,
      aggregation_key TEXT
    )`,
    `CREATE INDEX relations_parent ON relations (parent_id, rel_type, event_nid)`,
    `CREATE INDEX relations_page ON relations (parent_id, event_nid)`,
    `CREATE INDEX relations_room ON relations (room_nid, rel_type, event_nid)`,
    // Redactions by what they redact, known or not yet.
    `CREATE TABLE redactions (
      redaction_nid INTEGER NOT NULL PRIMARY KEY,
      redacts TEXT NOT NULL
    )`,
    `CREATE INDEX redactions_target ON redactions (redacts)`,
  ],
};
