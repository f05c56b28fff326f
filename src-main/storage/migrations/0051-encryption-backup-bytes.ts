import type { Migration } from '../migrate.js';

/** How many bytes of keys each backup holds. */
export const migration: Migration = {
  version: 51,
  name: 'encryption-backup-bytes',
  sql: [
    'ALTER TABLE key_backups ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0',
    `UPDATE key_backups SET bytes = (
      SELECT COALESCE(SUM(OCTET_LENGTH(session_data)), 0) FROM key_backup_sessions
      WHERE key_backup_sessions.user_id = key_backups.user_id AND key_backup_sessions.version = key_backups.version
    )`,
  ],
};
