import { House } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionState, WebServer } from '../../../src-main/control/contract.js';
import { Empty } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { DnsPanel } from './dns-panel.js';
import { RouterPanel } from './router-panel.js';
import { TunnelPanel } from './tunnel-panel.js';
import { WebServerPanel } from './web-server-panel.js';

/** What leads from the name to this computer: records, then the router, the web server or the tunnel. */
export function WayTab({ state }: { state: ConnectionState }) {
  const text = useText();
  const { choice, serverName } = state;
  const { host } = choice;
  if (host === undefined) {
    return (
      <Empty icon={House} title={text('connection.no-way')}>
        <p>{text('connection.no-way-text')}</p>
      </Empty>
    );
  }
  return (
    <>
      <section className="card">
        <h2>{text('dns.title')}</h2>
        <p className="soft">{text('dns.text', { host })}</p>
        <DnsPanel serverName={serverName} host={host} />
      </section>
      <FurtherWay state={state} host={host} />
    </>
  );
}

function FurtherWay({ state, host }: { state: ConnectionState; host: string }) {
  const text = useText();
  const [server, setServer] = useState<WebServer>('caddy');
  const { choice, serverName, forwarding, listeners } = state;
  const upstream = upstreamOf(choice.frontAddress, listeners.find(({ tls }) => !tls)?.port);
  if (choice.mode === 'direct') {
    return (
      <section className="card">
        <h2>{text('router.title')}</h2>
        <RouterPanel address={forwarding?.address} inside={forwarding?.inside ?? 8448} />
      </section>
    );
  }
  return (
    <section className="card">
      <h2>{text(choice.mode === 'tunnel' ? 'tunnel.title' : 'snippet.title')}</h2>
      {choice.mode === 'tunnel' ? (
        <TunnelPanel host={host} upstream={upstream} />
      ) : (
        <>
          <p className="soft">{text('snippet.text')}</p>
          <WebServerPanel
            serverName={serverName}
            host={host}
            upstream={upstream}
            server={server}
            onServer={setServer}
          />
        </>
      )}
    </section>
  );
}

/** As the web server reaches this computer: on another one, the person puts the address of this one in its place. */
const upstreamOf = (frontAddress: string | undefined, port = 8008): string =>
  `${frontAddress === undefined ? '127.0.0.1' : 'this-computer'}:${port}`;
