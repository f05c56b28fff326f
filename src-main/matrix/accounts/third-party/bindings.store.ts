import type { UserId } from '../../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../../storage/database.js';

/** An address of a user that an identity server publishes. */
export interface Binding {
  readonly medium: string;
  /** canonical */
  readonly address: string;
  /** host name, with a port or a path where it has one */
  readonly idServer: string;
}

interface BindingRow {
  medium: string;
  address: string;
  id_server: string;
}

const insert = statement<[UserId, string, string, string]>(`
  INSERT INTO identity_bindings (user_id, medium, address, id_server) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
`);
const ofUser = statement<[UserId], BindingRow>(`
  SELECT medium, address, id_server FROM identity_bindings WHERE user_id = ?
`);
const ofAddress = statement<[UserId, string, string], BindingRow>(`
  SELECT medium, address, id_server FROM identity_bindings WHERE user_id = ? AND medium = ? AND address = ?
`);
const remove = statement<[UserId, string, string, string]>(`
  DELETE FROM identity_bindings WHERE user_id = ? AND medium = ? AND address = ? AND id_server = ?
`);

/** Table `identity_bindings`. */
export class BindingStore {
  async insert(tx: Transaction, userId: UserId, { medium, address, idServer }: Binding): Promise<void> {
    await tx.run(insert, userId, medium, address, idServer);
  }

  async ofUser(db: Reader, userId: UserId): Promise<Binding[]> {
    return (await db.all(ofUser, userId)).map(toBinding);
  }

  async ofAddress(db: Reader, userId: UserId, medium: string, address: string): Promise<Binding[]> {
    return (await db.all(ofAddress, userId, medium, address)).map(toBinding);
  }

  async remove(tx: Transaction, userId: UserId, { medium, address, idServer }: Binding): Promise<void> {
    await tx.run(remove, userId, medium, address, idServer);
  }
}

const toBinding = (row: BindingRow): Binding => ({
  medium: row.medium,
  address: row.address,
  idServer: row.id_server,
});
