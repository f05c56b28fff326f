import type { Migration } from '../migrate.js';

/** Keys of devices and people, messages to devices, key backups. */
export const migration: Migration = {
  version: 50,
  name: 'encryption',
  sql: [
    // One row for each device that ever uploaded a key. keys: its identity keys as uploaded, NULL before they are.
    `CREATE TABLE device_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      keys TEXT,
      PRIMARY KEY (user_id, device_id)
    )`,
    // name: `algorithm:id`. uploaded: a position, the same for all keys of one upload. claimed: when it was given out in
    // ms, 0 before; such rows stay for a while, so that an upload that is repeated does not offer the key again.
    `CREATE TABLE one_time_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      name TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      uploaded INTEGER NOT NULL,
      claimed INTEGER NOT NULL DEFAULT 0,
      key TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id, name)
    )`,
    `CREATE INDEX one_time_keys_free ON one_time_keys (user_id, device_id, algorithm, uploaded, name) WHERE claimed = 0`,
    `CREATE INDEX one_time_keys_claimed ON one_time_keys (claimed) WHERE claimed > 0`,
    `CREATE TABLE fallback_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      name TEXT NOT NULL,
      used INTEGER NOT NULL,
      key TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id, algorithm)
    )`,
    // usage: master, self_signing or user_signing. public_key: unpadded base64, what names the key.
    `CREATE TABLE cross_signing_keys (
      user_id TEXT NOT NULL,
      usage TEXT NOT NULL,
      public_key TEXT NOT NULL,
      key TEXT NOT NULL,
      PRIMARY KEY (user_id, usage)
    )`,
    // Signatures that came by themselves, not with the key. user_id and key_name: the key that is signed, by device id or
    // public key; signer_key: `ed25519:...`.
    `CREATE TABLE key_signatures (
      user_id TEXT NOT NULL,
      key_name TEXT NOT NULL,
      signer_id TEXT NOT NULL,
      signer_key TEXT NOT NULL,
      signature TEXT NOT NULL,
      pos INTEGER NOT NULL,
      PRIMARY KEY (user_id, key_name, signer_id, signer_key)
    )`,
    `CREATE INDEX key_signatures_signer ON key_signatures (signer_id, pos)`,
    // When each user's devices or keys last changed.
    `CREATE TABLE device_list_changes (
      user_id TEXT NOT NULL PRIMARY KEY,
      pos INTEGER NOT NULL
    )`,
    `CREATE INDEX device_list_changes_pos ON device_list_changes (pos)`,
    // message: the whole to-device event as JSON.
    `CREATE TABLE to_device_messages (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      pos INTEGER NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id, pos)
    )`,
    `CREATE TABLE to_device_transactions (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      event_type TEXT NOT NULL,
      txn_id TEXT NOT NULL,
      ts INTEGER NOT NULL,
      PRIMARY KEY (user_id, device_id, event_type, txn_id)
    )`,
    `CREATE INDEX to_device_transactions_ts ON to_device_transactions (ts)`,
    `CREATE TABLE dehydrated_devices (
      user_id TEXT NOT NULL PRIMARY KEY,
      device_id TEXT NOT NULL,
      device_data TEXT NOT NULL
    )`,
    // etag: grows with each change of its keys; deleted: 1 for a version that is gone, whose number is never used again.
    `CREATE TABLE key_backups (
      user_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      algorithm TEXT NOT NULL,
      auth_data TEXT NOT NULL,
      etag INTEGER NOT NULL,
      count INTEGER NOT NULL,
      deleted INTEGER NOT NULL,
      PRIMARY KEY (user_id, version)
    )`,
    `CREATE TABLE key_backup_sessions (
      user_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      session_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      first_message_index INTEGER NOT NULL,
      forwarded_count INTEGER NOT NULL,
      is_verified INTEGER NOT NULL,
      session_data TEXT NOT NULL,
      PRIMARY KEY (user_id, version, session_id, room_id)
    )`,
    `CREATE INDEX key_backup_sessions_room ON key_backup_sessions (user_id, version, room_id)`,
  ],
};
