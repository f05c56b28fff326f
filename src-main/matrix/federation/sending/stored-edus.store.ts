import type { ServerName } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

const addText = statement<[Position, string]>('INSERT INTO outgoing_edus (pos, text) VALUES (?, ?)');
const addServer = statement<[string, Position, string | null]>(
  'INSERT INTO outgoing_edu_servers (server, pos, edu_key) VALUES (?, ?, ?)',
);
const replace = statement<[readonly string[], string]>(
  'DELETE FROM outgoing_edu_servers WHERE server IN TEXTS(?) AND edu_key = ?',
);
const servers = statement<[], { server: ServerName }>('SELECT DISTINCT server FROM outgoing_edu_servers');
const counts = statement<[readonly string[]], { server: ServerName; count: number }>(
  'SELECT server, count(*) AS count FROM outgoing_edu_servers WHERE server IN TEXTS(?) GROUP BY server',
);
const first = statement<[string, number], { pos: Position; text: string }>(`
  SELECT s.pos, e.text FROM outgoing_edu_servers s JOIN outgoing_edus e ON e.pos = s.pos
  WHERE s.server = ? ORDER BY s.pos LIMIT ?`);
const removeServer = statement<[string, readonly number[]]>(
  'DELETE FROM outgoing_edu_servers WHERE server = ? AND pos IN INTS(?)',
);
const removeTexts = statement<[readonly number[]]>(`
  DELETE FROM outgoing_edus WHERE pos IN INTS(?)
  AND NOT EXISTS (SELECT 1 FROM outgoing_edu_servers s WHERE s.pos = outgoing_edus.pos)`);
const tooOld = statement<[string, number], { pos: Position }>(
  'SELECT pos FROM outgoing_edu_servers WHERE server = ? ORDER BY pos DESC LIMIT 1 OFFSET ?',
);
const dropUpTo = statement<[string, Position]>('DELETE FROM outgoing_edu_servers WHERE server = ? AND pos <= ?');
const dropUnsent = statement<[]>(`
  DELETE FROM outgoing_edus WHERE NOT EXISTS (SELECT 1 FROM outgoing_edu_servers s WHERE s.pos = outgoing_edus.pos)`);

/** An EDU on its way to one server. */
export interface StoredEdu {
  readonly position: Position;
  /** canonical JSON of `{ content, edu_type }` */
  readonly text: string;
}

/** Tables `outgoing_edus` and `outgoing_edu_servers`: what must arrive, and where it has not yet. */
export class StoredEduStore {
  async add(tx: Transaction, destinations: readonly ServerName[], text: string, key: string | undefined) {
    const position = tx.position();
    if (key !== undefined) await tx.run(replace, destinations, key);
    await tx.run(addText, position, text);
    await tx.runMany(
      addServer,
      destinations.map((server) => [server, position, key ?? null]),
    );
  }

  /** Servers for which there is something. */
  async servers(db: Reader): Promise<ServerName[]> {
    return (await db.all(servers)).map((row) => row.server);
  }

  /** How many each of some servers has; those that have none are left out. */
  async counts(db: Reader, destinations: readonly ServerName[]): Promise<ReadonlyMap<ServerName, number>> {
    if (destinations.length === 0) return new Map();
    return new Map((await db.all(counts, destinations)).map(({ server, count }) => [server, Number(count)]));
  }

  /** The oldest of one server. */
  async first(db: Reader, server: ServerName, limit: number): Promise<StoredEdu[]> {
    return (await db.all(first, server, limit)).map((row) => ({ position: row.pos, text: row.text }));
  }

  /** They have arrived. */
  async remove(tx: Transaction, server: ServerName, positions: readonly Position[]): Promise<void> {
    await tx.run(removeServer, server, positions);
    await tx.run(removeTexts, positions);
  }

  /** Drops all but the newest `most` of one server. */
  async trim(tx: Transaction, server: ServerName, most: number): Promise<void> {
    const row = await tx.get(tooOld, server, most);
    if (!row) return;
    await tx.run(dropUpTo, server, row.pos);
    await tx.run(dropUnsent);
  }
}
