import type { WebServer } from '../../../src-main/control/contract.js';
import { ChoiceLine } from '../../components/choice-cards.js';
import { Snippet } from '../../components/snippet.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DelegationFiles } from './delegation-files.js';

const SERVERS: readonly { value: WebServer; title: string }[] = [
  { value: 'caddy', title: 'Caddy' },
  { value: 'nginx', title: 'nginx' },
  { value: 'apache', title: 'Apache' },
  { value: 'haproxy', title: 'HAProxy' },
  { value: 'traefik', title: 'Traefik' },
];

/** What to add to a web server so that it passes requests on to this one. */
export function WebServerPanel({
  serverName,
  host,
  upstream,
  server,
  onServer,
}: {
  serverName: string;
  host: string;
  upstream: string;
  server: WebServer;
  onServer(server: WebServer): void;
}) {
  const text = useText();
  const query = useQuery('connection.snippet', { server, serverName, host, upstream });
  return (
    <div className="stack">
      <ChoiceLine legend={text('snippet.which')} choices={SERVERS} value={server} onChange={onServer} />
      {query.state === 'loading' && <Loading lines={4} />}
      {query.state === 'failed' && <Failure error={query.error} onRetry={query.reload} />}
      {query.state === 'ready' && (
        <>
          <Snippet label={text('snippet.add')} file={query.value.file} text={query.value.text} />
          <p className="small soft">{text(`snippet.after-${server}`)}</p>
          {query.value.delegation.length > 0 && (
            <DelegationFiles serverName={serverName} files={query.value.delegation} />
          )}
        </>
      )}
    </div>
  );
}
