import { Ban, MapPinOff, ScrollText, Send } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import type { OtherServer, ServerTry } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Details, Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { BlockDialog } from './block-dialog.js';
import { TidyOne } from './gone-servers.js';
import { causeText } from './server-words.js';

/** What can be done about a server, and what came of it. */
export function ServerActions({ server }: { server: OtherServer }) {
  const text = useText();
  const { serverName, state } = server;
  const trying = useAction('servers.tryNow');
  const forgetting = useAction('servers.forgetWay');
  const unblocking = useAction('servers.unblock');
  const [tried, setTried] = useState<ServerTry>();
  const [isForgotten, setForgotten] = useState(false);
  const [isBlocking, setBlocking] = useState(false);
  const opener = useRef<HTMLDivElement>(null);
  const tryNow = async () => {
    setTried(undefined);
    setForgotten(false);
    const result = await trying.run({ serverName });
    if (result) setTried(result.value);
  };
  const forget = async () => {
    setTried(undefined);
    setForgotten((await forgetting.run({ serverName })) !== undefined);
  };
  const error = trying.error ?? forgetting.error ?? unblocking.error;
  return (
    <div className="stack">
      {state === 'blocked' && <Notice tone="info">{text('servers.blocked-note')}</Notice>}
      <div className="row" ref={opener}>
        {state === 'blocked' ? (
          <Button
            icon={Ban}
            isBusy={unblocking.isBusy}
            onClick={() => void unblocking.run({ name: serverName.toLowerCase() })}
          >
            {text('servers.unblock')}
          </Button>
        ) : (
          <>
            <Button icon={Send} isBusy={trying.isBusy} onClick={() => void tryNow()}>
              {text('servers.try-now')}
            </Button>
            <Button icon={MapPinOff} isBusy={forgetting.isBusy} onClick={() => void forget()}>
              {text('servers.forget-way')}
            </Button>
            <Button icon={Ban} onClick={() => setBlocking(true)}>
              {text('servers.block')}
            </Button>
          </>
        )}
        <TidyOne serverName={serverName} />
        <Link href={`/logs/about/server/${encodeURIComponent(serverName)}`} className="row">
          <ScrollText size={18} aria-hidden="true" />
          {text('servers.show-logs')}
        </Link>
      </div>
      <div role="status">
        {tried?.answered && <Notice tone="good">{text('servers.try-answered')}</Notice>}
        {isForgotten && <Notice tone="good">{text('servers.forgotten')}</Notice>}
      </div>
      {tried && !tried.answered && (
        <Notice tone="bad" title={text('servers.try-failed', { cause: causeText(text, tried.cause) })}>
          <p>{text('servers.try-hint')}</p>
          <Details>{tried.why ?? ''}</Details>
        </Notice>
      )}
      {error && <Failure error={error} />}
      <BlockDialog
        name={serverName}
        rooms={server.rooms}
        isOpen={isBlocking}
        onClose={() => setBlocking(false)}
        opener={opener}
      />
    </div>
  );
}
