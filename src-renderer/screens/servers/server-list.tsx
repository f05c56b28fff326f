import { Globe, Search } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OtherServer, ServersPage } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckField } from '../../components/field.js';
import { Pill } from '../../components/pill.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { serverPath, shownServer, STATE_TONES, troubleText, waitingText } from './server-words.js';

const POLL = 15_000;

/** What is asked for. */
interface Asked {
  readonly search?: string;
  readonly failing: boolean;
}

/** All servers that were ever asked for anything, a page at a time, with a search. */
export function ServerList() {
  const text = useText();
  const [search, setSearch] = useState('');
  const [failing, setFailing] = useState(false);
  const settled = useSettled(search.trim());
  const query = { ...(settled === '' ? {} : { search: settled }), failing };
  const page = useQuery('servers.list', query, ['servers.changed', 'server.changed'], POLL);
  return (
    <section className="stack" aria-labelledby="servers-list">
      <h2 id="servers-list">{text('servers.list')}</h2>
      <div className="row toolbar">
        <div className="search">
          <Search size={18} aria-hidden="true" />
          <input
            className="input"
            type="search"
            aria-label={text('servers.search')}
            placeholder={text('servers.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <CheckField
          label={text('servers.only-failing')}
          checked={failing}
          onChange={(event) => setFailing(event.target.checked)}
        />
      </div>
      {page.state === 'loading' && <Loading lines={5} />}
      {page.state === 'failed' && <Failure error={page.error} onRetry={page.reload} />}
      {page.state === 'ready' && <Found key={`${settled} ${failing}`} first={page.value} query={query} />}
    </section>
  );
}

/** What was found: the first page as it is now, and the further ones that were asked for. */
function Found({ first, query }: { first: ServersPage; query: Asked }) {
  const text = useText();
  const [further, setFurther] = useState<ServersPage>();
  const more = useAction('servers.list');
  const servers = further ? [...first.servers, ...further.servers] : first.servers;
  const next = further ? further.next : first.next;
  if (servers.length === 0) return <Nothing query={query} />;
  const loadMore = async () => {
    if (!next) return;
    const page = await more.run({ ...query, after: next });
    if (page) setFurther({ ...page.value, servers: [...(further?.servers ?? []), ...page.value.servers] });
  };
  return (
    <>
      <ServerTable servers={servers} />
      {more.error && <Failure error={more.error} />}
      {next && (
        <Button isBusy={more.isBusy} onClick={() => void loadMore()}>
          {text('servers.more')}
        </Button>
      )}
    </>
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

function ServerTable({ servers }: { servers: readonly OtherServer[] }) {
  const text = useText();
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text('servers.column-name')}</th>
            <th scope="col">{text('servers.column-state')}</th>
            <th scope="col">{text('servers.column-answered')}</th>
            <th scope="col">{text('servers.column-waiting')}</th>
          </tr>
        </thead>
        <tbody>
          {servers.map((server) => (
            <ServerRow key={server.serverName} server={server} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ServerRow({ server }: { server: OtherServer }) {
  const text = useText();
  const now = useNow();
  const trouble = troubleText(text, server, now);
  return (
    <tr>
      <th scope="row">
        <ServerLink name={server.serverName} />
      </th>
      <td data-label={text('servers.column-state')}>
        <Pill tone={STATE_TONES[server.state]}>{text(`servers.state-${server.state}`)}</Pill>
        {trouble !== '' && <p className="small soft">{trouble}</p>}
      </td>
      <td data-label={text('servers.column-answered')}>
        {server.lastSuccess === undefined ? text('servers.never') : text.relative(server.lastSuccess, now)}
      </td>
      <td data-label={text('servers.column-waiting')}>{waitingText(text, server.waiting, now)}</td>
    </tr>
  );
}

const ServerLink = ({ name }: { name: string }) => (
  <Link href={serverPath(name)} className="breakable">
    <bdi dir="ltr">{shownServer(name)}</bdi>
  </Link>
);
