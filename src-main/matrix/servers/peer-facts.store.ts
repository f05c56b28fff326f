import type { Milliseconds } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** What there is to know of another server beside whether it answers. */
export interface PeerFacts {
  /** when it took a transaction of ours last */
  readonly lastSent: Milliseconds | undefined;
  /** when it asked us for something last */
  readonly lastHeard: Milliseconds | undefined;
  /** its clock minus ours, as it said last */
  readonly clockAhead: Milliseconds | undefined;
  /** what it says of itself */
  readonly software: string | undefined;
  /** 95 of 100 of the last answers came within this */
  readonly replyTime: Milliseconds | undefined;
}

interface FactsRow {
  server: string;
  last_sent: number | null;
  last_heard: number | null;
  clock_ahead: number | null;
  software: string | null;
  reply_time: number | null;
}

type Parameters = [string, number | null, number | null, number | null, string | null, number | null];

const COLUMNS = 'server, last_sent, last_heard, clock_ahead, software, reply_time';
const put = statement<Parameters>(`
  INSERT INTO server_facts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (server) DO UPDATE SET
    last_sent = coalesce(excluded.last_sent, server_facts.last_sent),
    last_heard = coalesce(excluded.last_heard, server_facts.last_heard),
    clock_ahead = coalesce(excluded.clock_ahead, server_facts.clock_ahead),
    software = coalesce(excluded.software, server_facts.software),
    reply_time = coalesce(excluded.reply_time, server_facts.reply_time)`);
const some = statement<[readonly string[]], FactsRow>(`SELECT ${COLUMNS} FROM server_facts WHERE server IN TEXTS(?)`);

const remove = statement<[string]>('DELETE FROM server_facts WHERE server = ?');

/** Table `server_facts`. */
export class PeerFactsStore {
  /** What is undefined stays as it was. */
  async put(tx: Transaction, facts: ReadonlyMap<ServerName, PeerFacts>): Promise<void> {
    const rows = [...facts].map(
      ([server, each]): Parameters => [
        server,
        each.lastSent ?? null,
        each.lastHeard ?? null,
        each.clockAhead ?? null,
        each.software ?? null,
        each.replyTime ?? null,
      ],
    );
    await tx.runMany(put, rows);
  }

  async remove(tx: Transaction, server: ServerName): Promise<void> {
    await tx.run(remove, server);
  }

  async of(db: Reader, servers: readonly ServerName[]): Promise<ReadonlyMap<ServerName, PeerFacts>> {
    if (servers.length === 0) return new Map();
    return new Map((await db.all(some, servers)).map((row) => [row.server, toFacts(row)]));
  }
}

const toFacts = (row: FactsRow): PeerFacts => ({
  lastSent: row.last_sent ?? undefined,
  lastHeard: row.last_heard ?? undefined,
  clockAhead: row.clock_ahead ?? undefined,
  software: row.software ?? undefined,
  replyTime: row.reply_time ?? undefined,
});
