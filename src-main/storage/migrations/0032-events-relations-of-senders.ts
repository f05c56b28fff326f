import type { Migration } from '../migrate.js';

/** Finds what one person related to an event among what thousands did. */
export const migration: Migration = {
  version: 32,
  name: 'events-relations-of-senders',
  sql: ['CREATE INDEX relations_sender ON relations (parent_id, rel_type, room_nid, sender_nid, event_nid)'],
};
