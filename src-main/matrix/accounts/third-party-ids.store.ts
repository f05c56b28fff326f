import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** An e-mail address or phone number that belongs to an account. */
export interface ThirdPartyId {
  readonly medium: 'email' | 'msisdn';
  /** canonical: e-mail addresses in lower case */
  readonly address: string;
  readonly validatedAt: Milliseconds;
  readonly addedAt: Milliseconds;
}

interface ThirdPartyIdRow {
  medium: string;
  address: string;
  validated_ts: number;
  added_ts: number;
}

const insert = statement<[string, string, UserId, Milliseconds, Milliseconds]>(`
  INSERT INTO third_party_ids (medium, address, user_id, validated_ts, added_ts) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING
`);
const ofUser = statement<[UserId], ThirdPartyIdRow>(`
  SELECT medium, address, validated_ts, added_ts FROM third_party_ids WHERE user_id = ? ORDER BY added_ts
`);
const owner = statement<[string, string], { user_id: string }>(`
  SELECT user_id FROM third_party_ids WHERE medium = ? AND address = ?
`);
const remove = statement<[UserId, string, string]>(`
  DELETE FROM third_party_ids WHERE user_id = ? AND medium = ? AND address = ?
`);

/** Table `third_party_ids`: an address belongs to one account at most. */
export class ThirdPartyIdStore {
  /** @returns false when the address belongs to somebody already */
  async insert(tx: Transaction, userId: UserId, id: ThirdPartyId): Promise<boolean> {
    return (await tx.run(insert, id.medium, id.address, userId, id.validatedAt, id.addedAt)) === 1;
  }

  async ofUser(db: Reader, userId: UserId): Promise<ThirdPartyId[]> {
    const rows = await db.all(ofUser, userId);
    return rows.map((row) => ({
      medium: row.medium === 'email' ? 'email' : 'msisdn',
      address: row.address,
      validatedAt: row.validated_ts,
      addedAt: row.added_ts,
    }));
  }

  /** Whose address it is. */
  async owner(db: Reader, medium: string, address: string): Promise<UserId | undefined> {
    return (await db.get(owner, medium, address))?.user_id as UserId | undefined;
  }

  /** @returns whether it was this user's */
  async remove(tx: Transaction, userId: UserId, medium: string, address: string): Promise<boolean> {
    return (await tx.run(remove, userId, medium, address)) === 1;
  }
}
