import type { Migration } from '../migrate.js';

/** Whether anybody of this server is in a room, in rooms of any size. */
export const migration: Migration = {
  version: 39,
  name: 'events: residence',
  sql: [`CREATE INDEX memberships_here ON memberships (room_nid) WHERE is_local = 1 AND membership = 'join'`],
};
