import { RotateCw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ConnectionState, ReachState, StepName } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckList, type CheckLine } from '../../components/check-list.js';
import { CheckTicks } from '../../components/check-ticks.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { type Action, type Query, useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { RestartNotice } from '../connection/restart-notice.js';
import { ReachFriend } from '../servers/reach-friend.js';
import { outcomeWords } from '../servers/reach-summary.js';
import { reachLine } from '../servers/step-again.js';
import type { StepProps } from './answers.js';
import { isOpen, ownLines } from './check-lines.js';
import { StepPage } from './step-page.js';

/** What is worth a look of a server that stays at home. */
const AT_HOME: readonly StepName[] = ['sign-in'];

/** Follows the whole way to the server, each line as it is known and each red one with its fix. Nothing has to be well to go on. */
export function CheckStep({ onNext, onBack }: StepProps) {
  const text = useText();
  const state = useQuery('connection.state', undefined, ['address.changed', 'server.changed']);
  const reach = useQuery('reach.state', undefined, ['reach.changed', 'server.changed']);
  const kit = useQuery('kit.state', undefined, ['address.changed']);
  const check = useAction('reach.check');
  const known = state.state === 'ready' ? state.value : undefined;
  const look = () => void check.run(known && isOpen(known) ? {} : { steps: [...AT_HOME] });
  useOnce(known !== undefined, look);
  const isSaved = kit.state !== 'ready' || kit.value.savedAt !== undefined;
  const way = reach.state === 'ready' ? reach.value : undefined;
  const lines = known
    ? [...wayLines(known, way, (name, seen) => reachLine(text, name, seen, check)), ...ownLines(text, known, isSaved)]
    : [];
  const isRunning = way !== undefined && way.running.length > 0;
  const isWrong = lines.some((line) => line.state === 'error');
  return (
    <StepPage
      title={text('final.title')}
      lead={text(known && !isOpen(known) ? 'final.lead-home' : 'final.lead')}
      why={text('final.why')}
      next={isWrong && !isRunning ? text('final.anyway') : undefined}
      onNext={onNext}
      onBack={onBack}
    >
      {state.state === 'loading' && <Loading lines={5} />}
      {state.state === 'failed' && <Failure error={state.error} onRetry={state.reload} />}
      {known?.needsRestart && <RestartNotice />}
      {known && <Found state={known} reach={reach} check={check} lines={lines} onAgain={look} />}
    </StepPage>
  );
}

/** Once, as soon as it may be done. */
function useOnce(mayBegin: boolean, begin: () => void): void {
  const isBegun = useRef(false);
  useEffect(() => {
    if (!mayBegin || isBegun.current) return;
    isBegun.current = true;
    begin();
  }, [mayBegin, begin]);
}

/** The steps that are known, in the order of the way; those still to come are only counted. */
function wayLines(
  state: ConnectionState,
  way: ReachState | undefined,
  lineOf: (name: StepName, way: ReachState) => CheckLine,
): CheckLine[] {
  if (!way) return [];
  const names = isOpen(state) ? way.names : AT_HOME;
  return names.map((name) => lineOf(name, way)).filter((line) => line.state !== 'running' && line.state !== 'pending');
}

function Found({
  state,
  reach,
  check,
  lines,
  onAgain,
}: {
  state: ConnectionState;
  reach: Query<ReachState>;
  check: Action<'reach.check'>;
  lines: readonly CheckLine[];
  onAgain(): void;
}) {
  const text = useText();
  const wrong = lines.filter((line) => line.state === 'error' || line.state === 'warning');
  const others = lines.filter((line) => !wrong.includes(line));
  const isRunning = reach.state === 'ready' && reach.value.running.length > 0;
  return (
    <>
      <div role="status">{reach.state === 'ready' && <Summary state={state} way={reach.value} wrong={wrong} />}</div>
      {reach.state === 'failed' && <Failure error={reach.error} onRetry={reach.reload} />}
      {check.error && <Failure error={check.error} />}
      {wrong.length > 0 && (
        <section className="card">
          <h2>{text('final.to-mend')}</h2>
          <CheckList label={text('final.to-mend')} lines={wrong} />
        </section>
      )}
      <section className="card stack">
        <h2>{text('final.lines')}</h2>
        <CheckTicks label={text('final.lines')} lines={others} />
        <div className="row">
          <Button icon={RotateCw} isBusy={isRunning || check.isBusy} onClick={onAgain}>
            {text('final.again')}
          </Button>
        </div>
      </section>
      {isOpen(state) && reach.state === 'ready' && <ReachFriend state={reach.value} check={check} />}
    </>
  );
}

/** How far the look has come, then all in a sentence. */
function Summary({ state, way, wrong }: { state: ConnectionState; way: ReachState; wrong: readonly CheckLine[] }) {
  const text = useText();
  const { names, running } = way;
  if (running.length > 0) {
    const all = isOpen(state) ? names.length : AT_HOME.length;
    return <p className="soft">{text('reach.running', { done: Math.max(0, all - running.length), all })}</p>;
  }
  const { tone, title } =
    isOpen(state) && way.last
      ? outcomeWords(text, way)
      : ({
          tone: wrong.length === 0 ? 'good' : 'warn',
          title: text(wrong.length === 0 ? 'final.well' : 'final.not-all'),
        } as const);
  const isWrong = wrong.some((line) => line.state === 'error');
  return (
    <Notice tone={tone === 'bad' ? 'warn' : tone} title={title}>
      {isWrong && text('final.later')}
    </Notice>
  );
}
