import type { Migration } from '../migrate.js';

/** Rooms that were come into before all of their state was here. */
export const migration: Migration = {
  version: 33,
  name: 'events: partial rooms',
  sql: [
    // join_nid: the event by which this server came in; via: who let it in; since: the position when it did;
    // completed: the position from which on all state is here, NULL until then.
    `CREATE TABLE partial_rooms (
      room_nid INTEGER NOT NULL PRIMARY KEY,
      join_nid INTEGER NOT NULL,
      via TEXT NOT NULL,
      started_ts INTEGER NOT NULL,
      since INTEGER NOT NULL,
      completed INTEGER
    )`,
    `CREATE INDEX partial_rooms_waiting ON partial_rooms (since) WHERE completed IS NULL`,
    `CREATE INDEX partial_rooms_completed ON partial_rooms (completed) WHERE completed IS NOT NULL`,
  ],
};
