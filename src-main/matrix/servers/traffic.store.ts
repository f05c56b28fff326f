import type { Milliseconds } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** What went to and came from other servers. */
export interface TrafficCounts {
  readonly eventsSent: number;
  readonly eventsReceived: number;
  /** that they answered */
  readonly requestsSent: number;
  readonly requestsReceived: number;
}

interface SumRow {
  events_sent: number;
  events_received: number;
  requests_sent: number;
  requests_received: number;
}

const COLUMNS = 'events_sent, events_received, requests_sent, requests_received';
const SUMS = `SUM(events_sent) AS events_sent, SUM(events_received) AS events_received,
  SUM(requests_sent) AS requests_sent, SUM(requests_received) AS requests_received`;
const add = statement<[number, string, number, number, number, number]>(`
  INSERT INTO server_traffic (hour, server, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (hour, server) DO UPDATE SET
    events_sent = server_traffic.events_sent + excluded.events_sent,
    events_received = server_traffic.events_received + excluded.events_received,
    requests_sent = server_traffic.requests_sent + excluded.requests_sent,
    requests_received = server_traffic.requests_received + excluded.requests_received`);
const hours = statement<[number], SumRow & { hour: number }>(
  `SELECT hour, ${SUMS} FROM server_traffic WHERE hour >= ? GROUP BY hour ORDER BY hour`,
);
const busiest = statement<[number, number], SumRow & { server: ServerName }>(`
  SELECT server, ${SUMS} FROM server_traffic WHERE hour >= ? GROUP BY server
  ORDER BY SUM(events_sent + events_received) DESC, SUM(requests_sent + requests_received) DESC, server LIMIT ?`);
const count = statement<[number], { count: number }>(
  'SELECT COUNT(DISTINCT server) AS count FROM server_traffic WHERE hour >= ?',
);
const trim = statement<[number]>('DELETE FROM server_traffic WHERE hour < ?');

/** Table `server_traffic`. What sums it up looks at much: for readers aside. */
export class TrafficStore {
  async add(tx: Transaction, hour: Milliseconds, counts: ReadonlyMap<ServerName, TrafficCounts>): Promise<void> {
    await tx.runMany(
      add,
      [...counts].map(([server, each]) => [
        hour,
        server,
        each.eventsSent,
        each.eventsReceived,
        each.requestsSent,
        each.requestsReceived,
      ]),
    );
  }

  /** Hours in which there was something, by their beginning. */
  async hours(db: Reader, since: Milliseconds): Promise<Map<Milliseconds, TrafficCounts>> {
    return new Map((await db.all(hours, since)).map((row) => [Number(row.hour), toCounts(row)]));
  }

  /** Those with most events, and of equals those with most requests. */
  async busiest(db: Reader, since: Milliseconds, limit: number) {
    const rows = await db.all(busiest, since, limit);
    return rows.map((row) => ({ server: row.server, ...toCounts(row) }));
  }

  /** How many servers there was something with. */
  async servers(db: Reader, since: Milliseconds): Promise<number> {
    return Number((await db.get(count, since))?.count ?? 0);
  }

  async trim(tx: Transaction, before: Milliseconds): Promise<void> {
    await tx.run(trim, before);
  }
}

const toCounts = (row: SumRow): TrafficCounts => ({
  eventsSent: Number(row.events_sent),
  eventsReceived: Number(row.events_received),
  requestsSent: Number(row.requests_sent),
  requestsReceived: Number(row.requests_received),
});
