import type { Migration } from '../migrate.js';

/** A PDU that waits does so for each server that brought it: none can hold up what another brings. */
export const migration: Migration = {
  version: 101,
  name: 'federation-staged-pdus',
  sql: [
    `CREATE TABLE staged_pdus_by_origin (
      pos INTEGER NOT NULL PRIMARY KEY,
      event_id TEXT NOT NULL,
      origin TEXT NOT NULL,
      room_id TEXT NOT NULL,
      received_ts INTEGER NOT NULL,
      json TEXT NOT NULL
    )`,
    `INSERT INTO staged_pdus_by_origin (pos, event_id, origin, room_id, received_ts, json)
      SELECT pos, event_id, origin, room_id, received_ts, json FROM staged_pdus`,
    `DROP TABLE staged_pdus`,
    `ALTER TABLE staged_pdus_by_origin RENAME TO staged_pdus`,
    `CREATE INDEX staged_pdus_origin ON staged_pdus (origin, room_id, pos)`,
    `CREATE UNIQUE INDEX staged_pdus_event ON staged_pdus (origin, event_id)`,
  ],
};
