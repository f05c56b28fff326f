import type { Migration } from '../migrate.js';

/** In which room the server tells somebody what they have to know. */
export const migration: Migration = {
  version: 46,
  name: 'rooms-notice-rooms',
  sql: [
    `CREATE TABLE notice_rooms (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      PRIMARY KEY (user_id)
    )`,
    `CREATE UNIQUE INDEX notice_rooms_by_room ON notice_rooms (room_id)`,
  ],
};
