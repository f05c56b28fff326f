import type { Migration } from '../migrate.js';

/** Servers that are gone and to be forgotten once the rooms shared with them alone are. */
export const migration: Migration = {
  version: 121,
  name: 'admin-tidied-servers',
  sql: ['CREATE TABLE tidied_servers (server TEXT NOT NULL PRIMARY KEY)'],
};
