import { ArrowLeft } from 'lucide-react';
import { Link, Redirect, useParams } from 'wouter';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DiagnosisPanel } from './diagnosis-panel.js';
import { ServerActions } from './server-actions.js';
import { ServerFacts } from './server-facts.js';
import { MoreOfServer } from './server-more.js';
import { shownServer } from './server-words.js';
import { SERVER_PLACES } from './servers-page.js';

const POLL = 15_000;

/** One other server: how it fares, what waits for it, and the way to it. */
export function ServerScreen() {
  const { name = '', check } = useParams<{ name: string; check?: string }>();
  const serverName = decoded(name);
  return <OneServer key={serverName} serverName={serverName} isChecked={check !== undefined} />;
}

function OneServer({ serverName, isChecked }: { serverName: string; isChecked: boolean }) {
  const text = useText();
  const status = useQuery('server.status', undefined, ['server.changed']);
  // The way to ourselves is looked at more closely.
  if (status.state === 'ready' && status.value.serverName === serverName) return <Redirect to={SERVER_PLACES.reach} />;
  return (
    <Page title={shownServer(serverName)} isName>
      <Link href="/servers" className="row">
        <ArrowLeft size={18} aria-hidden="true" />
        {text('servers.back')}
      </Link>
      {status.state === 'loading' ? <Loading /> : <Known serverName={serverName} />}
      <DiagnosisPanel serverName={serverName} startsAtOnce={isChecked} />
    </Page>
  );
}

function Known({ serverName }: { serverName: string }) {
  const text = useText();
  const detail = useQuery('servers.detail', { serverName }, ['servers.changed', 'server.changed'], POLL);
  if (detail.state === 'loading') return <Loading />;
  if (detail.state === 'failed') {
    if (detail.error.code === 'M_NOT_FOUND') return <Notice tone="info">{text('servers.unknown')}</Notice>;
    return <Failure error={detail.error} onRetry={detail.reload} />;
  }
  return (
    <>
      <ServerFacts server={detail.value} />
      <ServerActions server={detail.value} />
      <MoreOfServer server={detail.value} />
    </>
  );
}

/** Addresses are typed by people too. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
