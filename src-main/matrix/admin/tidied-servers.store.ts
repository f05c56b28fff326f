import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

const add = statement<[string]>('INSERT INTO tidied_servers (server) VALUES (?) ON CONFLICT (server) DO NOTHING');
const all = statement<[], { server: ServerName }>('SELECT server FROM tidied_servers');
const remove = statement<[string]>('DELETE FROM tidied_servers WHERE server = ?');

/** Table `tidied_servers`: those to be forgotten once no room is shared with them. */
export class TidiedServerStore {
  async add(tx: Transaction, server: ServerName): Promise<void> {
    await tx.run(add, server);
  }

  async all(db: Reader): Promise<ServerName[]> {
    return (await db.all(all)).map((row) => row.server);
  }

  async remove(tx: Transaction, server: ServerName): Promise<void> {
    await tx.run(remove, server);
  }
}
