import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { BusyServer, ServerTraffic } from '../../../src-main/control/contract.js';
import { type Column, DataTable, type Sorting } from '../../components/data-table.js';
import { type Text, useText } from '../../text/use-text.js';
import { serverPath, shownServer } from './server-words.js';

type Order = keyof BusyServer;

/** With whom most goes to and fro. */
export function BusyServers({ traffic: { busiest, servers } }: { traffic: ServerTraffic }) {
  const text = useText();
  const [sorting, setSorting] = useState<Sorting<Order>>({ by: 'eventsReceived', isDescending: true });
  const shownColumns = useMemo(() => columns(text), [text]);
  const rows = useMemo(() => sorted(busiest, sorting), [busiest, sorting]);
  return (
    <section className="stack" aria-labelledby="traffic-servers">
      <h2 id="traffic-servers">{text('traffic.servers')}</h2>
      {servers > busiest.length && (
        <p className="small soft">{text('traffic.some', { shown: busiest.length, count: servers })}</p>
      )}
      <DataTable
        label={text('traffic.servers')}
        columns={shownColumns}
        rows={rows}
        keyOf={({ serverName }) => serverName}
        sorting={sorting}
        onSort={setSorting}
      />
    </section>
  );
}

function sorted(servers: readonly BusyServer[], { by, isDescending }: Sorting<Order>): BusyServer[] {
  const way = isDescending ? -1 : 1;
  return servers.toSorted((a, b) => {
    const [left, right] = [a[by], b[by]];
    if (typeof left === 'number' && typeof right === 'number') return way * (left - right);
    return way * String(left).localeCompare(String(right));
  });
}

const columns = (text: Text): Column<BusyServer, Order>[] => [
  {
    key: 'server',
    title: text('traffic.column-server'),
    width: '36%',
    sortBy: 'serverName',
    cell: ({ serverName }) => (
      <Link href={serverPath(serverName)} className="breakable">
        <bdi dir="ltr">{shownServer(serverName)}</bdi>
      </Link>
    ),
  },
  figure(text, 'eventsSent', text('traffic.sent')),
  figure(text, 'eventsReceived', text('traffic.received')),
  figure(text, 'requestsSent', text('traffic.column-requests-sent')),
  figure(text, 'requestsReceived', text('traffic.column-requests-received')),
];

const figure = (text: Text, key: Exclude<Order, 'serverName'>, title: string): Column<BusyServer, Order> => ({
  key,
  title,
  align: 'end',
  sortBy: key,
  cell: (server) => text.number(server[key]),
});
