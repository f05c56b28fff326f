import { ArrowLeft, Send } from 'lucide-react';
import { Link, Redirect, useParams } from 'wouter';
import { useState } from 'react';
import type { ServerTry } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { Details, Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DiagnosisPanel } from './diagnosis-panel.js';
import { ServerFacts } from './server-facts.js';
import { causeText, shownServer } from './server-words.js';
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
      <TryNow serverName={serverName} />
    </>
  );
}

function TryNow({ serverName }: { serverName: string }) {
  const text = useText();
  const action = useAction('servers.tryNow');
  const [tried, setTried] = useState<ServerTry>();
  const tryNow = async () => {
    setTried(undefined);
    const result = await action.run({ serverName });
    if (result) setTried(result.value);
  };
  return (
    <div className="stack">
      <div className="row">
        <Button icon={Send} isBusy={action.isBusy} onClick={() => void tryNow()}>
          {text('servers.try-now')}
        </Button>
      </div>
      <div role="status">{tried?.answered && <Notice tone="good">{text('servers.try-answered')}</Notice>}</div>
      {tried && !tried.answered && (
        <Notice tone="bad" title={text('servers.try-failed', { cause: causeText(text, tried.cause) })}>
          <p>{text('servers.try-hint')}</p>
          <Details>{tried.why ?? ''}</Details>
        </Notice>
      )}
      {action.error && <Failure error={action.error} />}
    </div>
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
