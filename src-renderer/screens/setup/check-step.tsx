import { RotateCw } from 'lucide-react';
import type { ConnectionState, RecordsView } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckList, type CheckLine } from '../../components/check-list.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { RestartNotice } from '../connection/restart-notice.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** Everything that this computer can see of the way to the server, each line with what to do about it. */
export function CheckStep({ onNext, onBack }: StepProps) {
  const text = useText();
  const state = useQuery('connection.state', undefined, ['address.changed', 'server.changed']);
  return (
    <StepPage
      title={text('final.title')}
      lead={text('final.lead')}
      why={text('final.why')}
      onNext={onNext}
      onBack={onBack}
    >
      {state.state === 'loading' && <Loading lines={5} />}
      {state.state === 'failed' && <Failure error={state.error} onRetry={state.reload} />}
      {state.state === 'ready' && <Checks state={state.value} onAgain={state.reload} />}
    </StepPage>
  );
}

function Checks({ state, onAgain }: { state: ConnectionState; onAgain(): void }) {
  const text = useText();
  const { serverName, choice } = state;
  const host = choice.host ?? serverName;
  const records = useQuery('connection.records', { serverName, host });
  const kit = useQuery('kit.state', undefined, ['address.changed']);
  const seen = records.state === 'ready' ? records.value.records : undefined;
  const isSaved = kit.state === 'ready' && kit.value.savedAt !== undefined;
  const lines = [
    listening(text, state),
    ...(choice.host === undefined ? [] : [naming(text, host, seen)]),
    ...(state.certificate ? [proving(text, state)] : []),
    { id: 'kit', title: text('final.kit'), state: isSaved ? 'ok' : 'warning', fix: text('final.kit-fix') } as const,
  ];
  const isWell = lines.every((line) => line.state === 'ok');
  const again = () => {
    onAgain();
    if (records.state !== 'loading') records.reload();
  };
  return (
    <>
      {state.needsRestart && <RestartNotice />}
      <Notice tone={isWell ? 'good' : 'info'} title={text(isWell ? 'final.well' : 'final.not-all')}>
        {text('final.from-here')}
      </Notice>
      <div className="card">
        <h2>{text('final.lines')}</h2>
        <CheckList label={text('final.title')} lines={lines} />
      </div>
      <div className="row">
        <Button icon={RotateCw} onClick={again}>
          {text('final.again')}
        </Button>
      </div>
    </>
  );
}

function listening(text: Text, { listeners }: ConnectionState): CheckLine {
  const closed = listeners.filter(({ isOpen }) => !isOpen);
  return {
    id: 'listening',
    title: text('final.listening'),
    state: closed.length === 0 ? 'ok' : 'error',
    fix: text('final.listening-fix'),
    found: listeners
      .filter(({ isOpen }) => isOpen)
      .map(({ port, tls }) => `${port}${tls ? ' (TLS)' : ''}`)
      .join(', '),
  };
}

function naming(text: Text, host: string, records: RecordsView['records'] | undefined): CheckLine {
  const line = { id: 'naming', title: text('final.naming', { host }) };
  if (!records) return { ...line, state: 'running' };
  const addresses = records.filter(({ type }) => type !== 'SRV');
  const found = addresses.flatMap((record) => record.found).join(', ');
  if (addresses.some(({ state }) => state === 'failed')) {
    return { ...line, state: 'could-not-check', what: text('dns.failed') };
  }
  if (found === '') return { ...line, state: 'error', what: text('final.naming-none'), fix: text('final.naming-fix') };
  if (addresses.some(({ state }) => state === 'other')) {
    return { ...line, state: 'warning', found, what: text('final.naming-other'), fix: text('final.naming-fix') };
  }
  return { ...line, state: 'ok', found };
}

function proving(text: Text, { certificate, choice }: ConnectionState): CheckLine {
  const isWrong = certificate?.findings.some(({ state }) => state === 'error') === true;
  const isOwn = certificate?.facts?.isSelfSigned === true;
  const line = { id: 'certificate', title: text('final.certificate'), found: certificate?.facts?.names.join(', ') };
  if (isWrong) return { ...line, state: 'error', fix: text('final.certificate-fix') };
  if (!isOwn) return { ...line, state: 'ok' };
  const isHome = choice.mode === 'home';
  return {
    ...line,
    state: isHome ? 'not-applicable' : 'error',
    what: text(isHome ? 'final.certificate-home' : 'final.certificate-own'),
    fix: text('final.certificate-fix'),
  };
}
