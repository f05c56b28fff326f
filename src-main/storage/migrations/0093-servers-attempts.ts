import type { Migration } from '../migrate.js';

/** How other servers fared over time, and what is known of them: for consoles. */
export const migration: Migration = {
  version: 93,
  name: 'servers-attempts',
  sql: [
    // why: NULL where it answered after it had failed.
    `CREATE TABLE server_attempts (
      server TEXT NOT NULL,
      at INTEGER NOT NULL,
      why TEXT,
      cause TEXT,
      PRIMARY KEY (server, at)
    )`,
    `CREATE INDEX server_attempts_at ON server_attempts (at)`,
    // Times in ms since the epoch; clock_ahead: theirs minus ours in ms; reply_time: 95 of 100 answers came within it.
    `CREATE TABLE server_facts (
      server TEXT NOT NULL PRIMARY KEY,
      last_sent INTEGER,
      last_heard INTEGER,
      clock_ahead INTEGER,
      software TEXT,
      reply_time INTEGER
    )`,
  ],
};
