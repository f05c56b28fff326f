import type { ReactNode } from 'react';
import type { OtherServer } from '../../../src-main/control/contract.js';
import { Pill } from '../../components/pill.js';
import { shown } from '../../components/shown.js';
import { Details } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useText } from '../../text/use-text.js';
import { causeText, clockText, nextTryText, replyText, STATE_TONES, troubleText, waitingText } from './server-words.js';

/** What is known of a server, in plain words. */
export function ServerFacts({ server }: { server: OtherServer }) {
  const text = useText();
  const now = useNow();
  const { state, lastSuccess, lastFailure, failures, nextTry, waiting } = server;
  const when = (at: number) => `${text.dateTime(at)} (${text.relative(at, now)})`;
  return (
    <section className="card stack" aria-labelledby="server-facts">
      <h2 id="server-facts">{text('servers.facts')}</h2>
      <dl className="server-facts">
        <Fact name={text('servers.fact-state')}>
          <Pill tone={STATE_TONES[state]}>{text(`servers.state-${state}`)}</Pill> {troubleText(text, server, now)}
        </Fact>
        <Fact name={text('servers.fact-answered')}>
          {lastSuccess === undefined ? text('servers.never') : when(lastSuccess)}
        </Fact>
        <Fact name={text('servers.fact-failed')}>
          {lastFailure === undefined ? (
            text('servers.never')
          ) : (
            <>
              {when(lastFailure.at)}: {causeText(text, lastFailure.cause)}
              <Details>{lastFailure.why}</Details>
            </>
          )}
        </Fact>
        {failures > 0 && <Fact name={text('servers.fact-failures')}>{text.number(failures)}</Fact>}
        {failures > 0 && <Fact name={text('servers.fact-next')}>{nextTryText(text, nextTry, now)}</Fact>}
        <Fact name={text('servers.column-common')}>
          {text('servers.common', { rooms: server.rooms, people: server.people })}
        </Fact>
        <Fact name={text('servers.column-sent')}>{server.lastSent === undefined ? '–' : when(server.lastSent)}</Fact>
        <Fact name={text('servers.column-received')}>
          {server.lastReceived === undefined ? '–' : when(server.lastReceived)}
        </Fact>
        <Fact name={text('servers.column-reply')}>{replyText(text, server.replyTime)}</Fact>
        <Fact name={text('servers.column-clock')}>{clockText(text, server.clockAhead)}</Fact>
        <Fact name={text('servers.column-software')}>
          <bdi dir="ltr">{server.software === undefined ? '–' : shown(server.software)}</bdi>
        </Fact>
        <Fact name={text('servers.fact-waiting')}>{waitingText(text, waiting, now)}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="soft">{name}</dt>
      <dd className="breakable">{children}</dd>
    </div>
  );
}
