import type { Migration } from '../migrate.js';

/** Since when an invitation lets nobody in any more; it can be taken back. */
export const migration: Migration = {
  version: 16,
  name: 'accounts-revoked-invitations',
  sql: ['ALTER TABLE registration_tokens ADD COLUMN revoked_ts INTEGER'],
};
