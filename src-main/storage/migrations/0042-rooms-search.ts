import type { Migration } from '../migrate.js';

/** What was said, by its words. */
export const migration: Migration = {
  version: 42,
  name: 'rooms-search',
  sql: [
    // kind: 1 body, 2 name, 3 topic. words: how many.
    `CREATE TABLE search_entries (
      event_nid INTEGER NOT NULL PRIMARY KEY,
      room_nid INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      words INTEGER NOT NULL
    )`,
    // By the nid of the event.
    `CREATE FULLTEXT TABLE search_words`,
  ],
};
