import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const insert = statement<[string]>('INSERT INTO erased_senders (user_id) VALUES (?) ON CONFLICT (user_id) DO NOTHING');
const all = statement<[], { user_id: string }>('SELECT user_id FROM erased_senders');

/** Table `erased_senders`. */
export class ErasedSenderStore {
  async insert(tx: Transaction, userId: UserId): Promise<void> {
    await tx.run(insert, userId);
  }

  async all(db: Reader): Promise<UserId[]> {
    return (await db.all(all)).map((row) => row.user_id as UserId);
  }
}
