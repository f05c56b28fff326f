import { Brush, Play, RotateCw, ScrollText } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { ServerProblem, ServerStatus } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Details, Failure } from '../../components/states.js';
import { type Query, useAction } from '../../control/use-control.js';
import { isTextKey, useText } from '../../text/use-text.js';

/** What everybody must know, above every screen: the server is down, its disk is full, or this is only a trial. */
export function ServerBand({ status }: { status: Query<ServerStatus> }) {
  if (status.state === 'loading') return null;
  const failure = status.state === 'failed' ? status.error : status.stale;
  if (failure) return <LostBand />;
  if (status.state !== 'ready') return null;
  return (
    <div className="bands">
      {status.value.problem && <ProblemBand problem={status.value.problem} />}
      {status.value.state === 'stopped' && <StoppedBand />}
      {status.value.disk && <DiskBand disk={status.value.disk} />}
      {status.value.trial && <TrialBand />}
    </div>
  );
}

function LostBand() {
  const text = useText();
  return (
    <div className="bands">
      <Notice tone="bad" title={text('band.lost-title')}>
        <p>{text('band.lost-text')}</p>
      </Notice>
    </div>
  );
}

/** What happened, what it means, what to do; the program's own words under Details. */
function ProblemBand({ problem }: { problem: ServerProblem }) {
  const text = useText();
  const [, go] = useLocation();
  const restart = useAction('server.start');
  const what = `problem.${problem.code}`;
  const todo = `problem.${problem.code}.todo`;
  return (
    <>
      <Notice
        tone="bad"
        title={text(isTextKey(what) ? what : 'problem.UNKNOWN', problem.fields)}
        actions={
          <>
            <Button kind="primary" icon={RotateCw} isBusy={restart.isBusy} onClick={() => void restart.run(undefined)}>
              {text('action.start-again')}
            </Button>
            <Button icon={ScrollText} onClick={() => go('/logs')}>
              {text('action.show-logs')}
            </Button>
          </>
        }
      >
        <p>{text('problem.means')}</p>
        {isTextKey(todo) && <p>{text(todo, problem.fields)}</p>}
        <Details>{problem.message}</Details>
      </Notice>
      {restart.error && <Failure error={restart.error} />}
    </>
  );
}

function StoppedBand() {
  const text = useText();
  const start = useAction('server.start');
  return (
    <Notice
      tone="warn"
      title={text('band.stopped-title')}
      actions={
        <Button kind="primary" icon={Play} isBusy={start.isBusy} onClick={() => void start.run(undefined)}>
          {text('action.start')}
        </Button>
      }
    >
      <p>{text('band.stopped-text')}</p>
    </Notice>
  );
}

/** From the rung on at which people notice. */
function DiskBand({ disk: { rung, free } }: { disk: NonNullable<ServerStatus['disk']> }) {
  const text = useText();
  if (rung !== 'no-uploads' && rung !== 'read-only') return null;
  return (
    <Notice
      tone="bad"
      title={text(`band.${rung}-title`)}
      actions={
        <Link href="/storage/clean-up" className="button button-plain">
          <Brush size={18} aria-hidden="true" />
          {text('storage.review')}
        </Link>
      }
    >
      <p>{text(`band.${rung}-text`, { free: text.bytes(free) })}</p>
    </Notice>
  );
}

function TrialBand() {
  const text = useText();
  return (
    <Notice tone="info">
      <p>
        <strong>{text('band.trial-title')}</strong> {text('band.trial-text')}
      </p>
    </Notice>
  );
}
