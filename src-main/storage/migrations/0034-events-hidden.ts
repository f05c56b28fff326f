import type { Migration } from '../migrate.js';

/** Finds by their age the messages that no timeline shows. What timelines show has an index by time already. */
export const migration: Migration = {
  version: 34,
  name: 'events-hidden',
  sql: [
    `CREATE INDEX events_hidden ON events (room_nid, origin_server_ts)
      WHERE state_nid IS NULL AND (status <> 0 OR ord IS NULL)`,
  ],
};
