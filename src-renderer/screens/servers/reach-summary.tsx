import { RotateCw } from 'lucide-react';
import type { ReachState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy-field.js';
import { Notice, type Tone } from '../../components/notice.js';
import { useNow } from '../../components/use-now.js';
import { type Text, useText } from '../../text/use-text.js';
import { sentence } from './diagnosis-words.js';
import { reportJson, reportText } from './reach-report.js';

/** The whole in a sentence, when that was found, and what can be done with it. */
export function ReachSummary({ state, onCheck }: { state: ReachState; onCheck(): void }) {
  const text = useText();
  const now = useNow();
  const isRunning = state.running.length > 0;
  return (
    <section className="stack" aria-label={text('reach.summary')}>
      <div role="status">
        {isRunning ? (
          <p className="soft">
            {text('reach.running', { done: state.names.length - state.running.length, all: state.names.length })}
          </p>
        ) : (
          <Outcome state={state} />
        )}
      </div>
      <div className="row">
        <Button kind="primary" icon={RotateCw} isBusy={isRunning} onClick={onCheck}>
          {text('reach.again')}
        </Button>
        {!isRunning && (
          <>
            <CopyButton value={reportText(text, state)} what={text('reach.title')} label={text('reach.copy-text')} />
            <CopyButton value={reportJson(state)} what={text('reach.title')} label={text('reach.copy-json')} />
          </>
        )}
        {state.last && (
          <span className="small soft">{text('reach.at', { when: text.relative(state.last.at, now) })}</span>
        )}
      </div>
      <p className="small soft">{text('reach.copy-hint')}</p>
    </section>
  );
}

/** One sentence, one thing that matters, and what waits for it. */
function Outcome({ state }: { state: ReachState }) {
  const text = useText();
  const { tone, title } = outcomeWords(text, state);
  const { headline } = state;
  const step = state.steps.find(({ name }) => name === headline?.step);
  const fix = step && sentence(text, 'fix', step);
  return (
    <Notice tone={tone} title={title}>
      {step && <p className="breakable">{sentence(text, 'cause', step)}</p>}
      {fix && (
        <p className="breakable">
          <strong>{text('check.fix')}:</strong> {fix}
        </p>
      )}
      {headline && headline.waiting > 0 && <p>{text('reach.waiting', { count: headline.waiting })}</p>}
    </Notice>
  );
}

export function outcomeWords(text: Text, { headline, last, serverName }: ReachState): { tone: Tone; title: string } {
  const step = headline ? text(`diagnosis.step-${headline.step}`) : '';
  if (headline?.isBlocking) return { tone: 'bad', title: text('reach.outcome-barred', { step }) };
  if (last?.outcome === 'error') return { tone: 'bad', title: text('reach.outcome-wrong', { step }) };
  if (headline) return { tone: 'warn', title: text('reach.outcome-mend', { step }) };
  if (last?.outcome === 'ok') return { tone: 'good', title: text('reach.outcome-ok', { name: serverName }) };
  return { tone: 'info', title: text('reach.outcome-unknown') };
}
