import type { Migration } from '../migrate.js';

/** What finds events by their time, people by their name, and what people reported. */
export const migration: Migration = {
  version: 41,
  name: 'rooms-discovery',
  sql: [
    `CREATE INDEX events_time ON events (room_nid, origin_server_ts, ord) WHERE status = 0 AND ord IS NOT NULL`,
    // Who can be found, and as what.
    `CREATE TABLE user_directory (
      user_id TEXT NOT NULL PRIMARY KEY,
      display_name TEXT,
      avatar_url TEXT
    )`,
    // What each of them is found by: the words of the id and of the name.
    `CREATE TABLE user_directory_words (
      word TEXT NOT NULL,
      user_id TEXT NOT NULL,
      PRIMARY KEY (word, user_id)
    )`,
    `CREATE INDEX user_directory_words_user ON user_directory_words (user_id)`,
    // Who is in which room that anybody may join or read: everybody finds them.
    `CREATE TABLE user_directory_public (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      PRIMARY KEY (user_id, room_id)
    )`,
    `CREATE INDEX user_directory_public_room ON user_directory_public (room_id)`,
    // What people think the server's administrators should look at. about_user: whose event it is, or who is reported.
    `CREATE TABLE reports (
      report_id INTEGER NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL,
      room_id TEXT,
      event_id TEXT,
      about_user TEXT,
      reporter TEXT NOT NULL,
      reason TEXT,
      score INTEGER,
      received_ts INTEGER NOT NULL
    )`,
    `CREATE INDEX reports_kind ON reports (kind, report_id)`,
  ],
};
