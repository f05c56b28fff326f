import type { Migration } from '../migrate.js';

/** How much went to other servers and came from them, hour by hour: for consoles. */
export const migration: Migration = {
  version: 94,
  name: 'servers-traffic',
  sql: [
    // hour: its beginning, in ms since the epoch.
    `CREATE TABLE server_traffic (
      hour INTEGER NOT NULL,
      server TEXT NOT NULL,
      events_sent INTEGER NOT NULL,
      events_received INTEGER NOT NULL,
      requests_sent INTEGER NOT NULL,
      requests_received INTEGER NOT NULL,
      PRIMARY KEY (hour, server)
    )`,
  ],
};
