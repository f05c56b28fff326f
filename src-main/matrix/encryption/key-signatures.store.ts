import type { UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, string, string, string, string, number]>(`
  INSERT INTO key_signatures (user_id, key_name, signer_id, signer_key, signature, pos) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (user_id, key_name, signer_id, signer_key) DO UPDATE SET signature = excluded.signature, pos = excluded.pos`);
const visible = statement<[readonly string[], string], Row>(`
  SELECT user_id, key_name, signer_id, signer_key, signature FROM key_signatures
  WHERE user_id IN TEXTS(?) AND (signer_id = user_id OR signer_id = ?)`);
const removeMadeWith = statement<[string, readonly string[]]>(
  'DELETE FROM key_signatures WHERE signer_id = ? AND signer_key IN TEXTS(?)',
);
const removeOn = statement<[string, readonly string[]]>(
  'DELETE FROM key_signatures WHERE user_id = ? AND key_name IN TEXTS(?)',
);
const removeAll = statement<[string, string]>('DELETE FROM key_signatures WHERE signer_id = ? OR user_id = ?');

interface Row {
  user_id: UserId;
  key_name: string;
  signer_id: UserId;
  signer_key: string;
  signature: string;
}

/** A signature that came by itself, on a device's or a user's key. */
export interface KeySignature {
  /** whose key is signed */
  readonly userId: UserId;
  /** a device id, or the public key of a cross-signing key */
  readonly keyName: string;
  readonly signerId: UserId;
  /** `ed25519:` and a device id or public key */
  readonly signerKey: string;
  /** unpadded base64 */
  readonly signature: string;
}

/** Table `key_signatures`. */
export class KeySignatureStore {
  async put(tx: Transaction, signatures: readonly KeySignature[], position: Position): Promise<void> {
    await tx.runMany(
      put,
      signatures.map(({ userId, keyName, signerId, signerKey, signature }) => [
        userId,
        keyName,
        signerId,
        signerKey,
        signature,
        position,
      ]),
    );
  }

  /** On keys of `userIds`, by their owners and by `viewer`: what `viewer` may see. @param viewer '': another server */
  async visible(db: Reader, userIds: readonly UserId[], viewer: UserId | ''): Promise<KeySignature[]> {
    const rows = await db.all(visible, userIds, viewer);
    return rows.map((row) => ({
      userId: row.user_id,
      keyName: row.key_name,
      signerId: row.signer_id,
      signerKey: row.signer_key,
      signature: row.signature,
    }));
  }

  /** Drops what `signerId` signed with keys that are gone. @param signerKeys with `ed25519:` in front */
  async removeMadeWith(tx: Transaction, signerId: UserId, signerKeys: readonly string[]): Promise<void> {
    await tx.run(removeMadeWith, signerId, signerKeys);
  }

  /** Drops signatures on keys that are gone. */
  async removeOn(tx: Transaction, userId: UserId, keyNames: readonly string[]): Promise<void> {
    await tx.run(removeOn, userId, keyNames);
  }

  /** Drops all signatures by and on keys of a user. */
  async removeAll(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(removeAll, userId, userId);
  }
}
