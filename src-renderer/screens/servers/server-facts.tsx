import type { ReactNode } from 'react';
import type { OtherServer } from '../../../src-main/control/contract.js';
import { Pill } from '../../components/pill.js';
import { Details } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useText } from '../../text/use-text.js';
import { causeText, nextTryText, STATE_TONES, troubleText, waitingText } from './server-words.js';

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
