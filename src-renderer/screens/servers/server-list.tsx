import { Globe } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { OtherServer } from '../../../src-main/control/contract.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { CheckField } from '../../components/field.js';
import { Pill } from '../../components/pill.js';
import { SearchField } from '../../components/search-field.js';
import { shown } from '../../components/shown.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useSettled } from '../../components/use-settled.js';
import { usePages } from '../../control/use-pages.js';
import { type Text, useText } from '../../text/use-text.js';
import {
  clockOffText,
  replyText,
  serverPath,
  shownServer,
  STATE_TONES,
  troubleText,
  waitingText,
} from './server-words.js';

const POLL = 15_000;

/** What is asked for. */
interface Asked {
  readonly search?: string;
  readonly failing: boolean;
}

/** All servers that were ever asked for anything, with a search. */
export function ServerList() {
  const text = useText();
  const [search, setSearch] = useState('');
  const [failing, setFailing] = useState(false);
  const settled = useSettled(search.trim());
  const shownColumns = useMemo(() => columns(text), [text]);
  const query = { ...(settled === '' ? {} : { search: settled }), failing };
  const found = usePages('servers.list', query, ['servers.changed', 'server.changed'], POLL);
  const servers = found.state === 'ready' ? found.pages.flatMap((page) => page.servers) : [];
  return (
    <section className="stack" aria-labelledby="servers-list">
      <h2 id="servers-list">{text('servers.list')}</h2>
      <div className="row toolbar">
        <SearchField label={text('servers.search')} value={search} onChange={setSearch} />
        <CheckField
          label={text('servers.only-failing')}
          checked={failing}
          onChange={(event) => setFailing(event.target.checked)}
        />
      </div>
      {found.state === 'loading' && <Loading lines={5} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && servers.length === 0 && <Nothing query={query} />}
      {servers.length > 0 && (
        <DataTable
          label={text('servers.list')}
          columns={shownColumns}
          rows={servers}
          keyOf={({ serverName }) => serverName}
          further={found.state === 'ready' ? found.further : undefined}
        />
      )}
    </section>
  );
}

function Nothing({ query: { search, failing } }: { query: Asked }) {
  const text = useText();
  if (search !== undefined) return <Empty icon={Globe} title={text('servers.none-found')} />;
  if (failing) return <Empty icon={Globe} title={text('servers.none-failing')} />;
  return (
    <Empty icon={Globe} title={text('servers.none')}>
      <p>{text('servers.none-text')}</p>
    </Empty>
  );
}

const columns = (text: Text): Column<OtherServer>[] => [
  {
    key: 'name',
    title: text('servers.column-name'),
    width: '20%',
    cell: (server) => <ServerName server={server} />,
  },
  {
    key: 'state',
    title: text('servers.column-state'),
    width: '20%',
    cell: (server) => <ServerState server={server} />,
  },
  {
    key: 'common',
    title: text('servers.column-common'),
    width: '14%',
    cell: ({ rooms, people }) => text('servers.common', { rooms, people }),
  },
  {
    key: 'last',
    title: text('servers.column-last'),
    width: '22%',
    cell: (server) => <Last server={server} />,
  },
  { key: 'waiting', title: text('servers.column-waiting'), cell: (server) => <Waits server={server} /> },
  { key: 'reply', title: text('servers.column-reply'), cell: (server) => <Replies server={server} /> },
];

function ServerState({ server }: { server: OtherServer }) {
  const text = useText();
  const trouble = troubleText(text, server, useNow());
  return (
    <>
      <Pill tone={STATE_TONES[server.state]}>{text(`servers.state-${server.state}`)}</Pill>
      {trouble !== '' && <p className="small soft">{trouble}</p>}
    </>
  );
}

/** When something of ours went there last, and when something came from there. */
function Last({ server: { lastSent, lastReceived } }: { server: OtherServer }) {
  const text = useText();
  const now = useNow();
  const when = (at: number | undefined) => (at === undefined ? text('servers.never') : text.relative(at, now));
  return (
    <>
      <p>{text('servers.last-sent', { when: when(lastSent) })}</p>
      <p>{text('servers.last-received', { when: when(lastReceived) })}</p>
    </>
  );
}

/** How quickly it answers, and by how much its clock is off. */
function Replies({ server: { replyTime, clockAhead } }: { server: OtherServer }) {
  const text = useText();
  const clock = clockOffText(text, clockAhead);
  return (
    <>
      <p>{replyText(text, replyTime)}</p>
      {clock !== '' && <p className="small soft">{clock}</p>}
    </>
  );
}

function Waits({ server: { waiting } }: { server: OtherServer }) {
  return waitingText(useText(), waiting, useNow());
}

/** Its name, and what it says of itself. */
const ServerName = ({ server: { serverName, software } }: { server: OtherServer }) => (
  <>
    <Link href={serverPath(serverName)} className="breakable">
      <bdi dir="ltr">{shownServer(serverName)}</bdi>
    </Link>
    {software !== undefined && (
      <p className="small soft breakable">
        <bdi dir="ltr">{shown(software)}</bdi>
      </p>
    )}
  </>
);
