import { Radar } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { ControlResult, DiagnosisRun } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckList } from '../../components/check-list.js';
import { CopyButton } from '../../components/copy-field.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useControl, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { stepLine } from './diagnosis-words.js';
import { stepsText } from './reach-report.js';

const FIRST_LINES = 9;
const TONES = { ok: 'good', warning: 'warn', error: 'bad' } as const;

/** Looks at the way to a server, and shows each step as it is known. */
export function DiagnosisPanel({ serverName, startsAtOnce }: { serverName: string; startsAtOnce: boolean }) {
  const text = useText();
  const control = useControl();
  const [begun, setBegun] = useState<ControlResult<DiagnosisRun>>();
  const begin = useCallback(() => control.call('servers.diagnose', { serverName }), [control, serverName]);
  useEffect(() => {
    if (startsAtOnce) void begin().then(setBegun);
  }, [startsAtOnce, begin]);
  const run = begun?.ok ? begun.value.run : undefined;
  const check = () => void begin().then(setBegun);
  return (
    <section className="card stack" aria-labelledby="diagnosis">
      <h2 id="diagnosis">{text('diagnosis.title')}</h2>
      <p className="soft">{text('diagnosis.text')}</p>
      <div className="row">
        <Button icon={Radar} onClick={check}>
          {text(run === undefined ? 'diagnosis.start' : 'diagnosis.again')}
        </Button>
      </div>
      {begun && !begun.ok && <Failure error={begun.error} onRetry={check} />}
      {run !== undefined && <Progress serverName={serverName} run={run} />}
    </section>
  );
}

function Progress({ serverName, run }: { serverName: string; run: string }) {
  const text = useText();
  const query = useQuery('servers.diagnose', { serverName, run }, ['diagnosis.changed']);
  if (query.state === 'loading') return <Loading lines={FIRST_LINES} />;
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  const { names, steps, result } = query.value;
  return (
    <>
      <div role="status">
        {result ? (
          <Notice tone={TONES[result.outcome]} title={outcomeText(text, query.value)}>
            {result.isOwn && text('diagnosis.own')}
          </Notice>
        ) : (
          <p className="soft">{text('diagnosis.running', { done: steps.length, all: names.length })}</p>
        )}
      </div>
      {result && (
        <div className="row">
          <CopyButton
            value={stepsText(text, [serverName, outcomeText(text, query.value)], steps)}
            what={text('diagnosis.title')}
            label={text('reach.copy-text')}
          />
        </div>
      )}
      <CheckList
        lines={names.map((name) =>
          stepLine(
            text,
            name,
            steps.find((step) => step.name === name),
          ),
        )}
      />
    </>
  );
}

/** The first step that fails is the one that matters. */
function outcomeText(text: Text, { steps, result }: DiagnosisRun): string {
  const failed = steps.find(({ state }) => state === 'error');
  if (failed) return text('diagnosis.outcome-error', { step: text(`diagnosis.step-${failed.name}`) });
  return text(result?.outcome === 'ok' ? 'diagnosis.outcome-ok' : 'diagnosis.outcome-warning');
}
