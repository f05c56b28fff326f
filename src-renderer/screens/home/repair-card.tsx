import { CircleAlert, Clock, EyeOff, Info, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { CheckAction, CheckSpan, CheckStanding } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type MenuEntry, RowMenu } from '../../components/menu.js';
import { Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { placeOf, sentenceOf, titleOf } from './health-words.js';

const DAY = 86_400_000;

/** A problem: what happened, what it means, what to do, and a button that leads there. */
export function RepairCard({ problem, isFirst }: { problem: CheckStanding; isFirst: boolean }) {
  const text = useText();
  const what = sentenceOf(text, problem, 'what');
  const todo = sentenceOf(text, problem, 'todo');
  const Icon = problem.state === 'error' ? CircleAlert : problem.severity === 'low' ? Info : TriangleAlert;
  const tone = problem.state === 'error' ? 'bad' : problem.severity === 'low' ? 'info' : 'warn';
  return (
    <li className={`card repair repair-${tone}`}>
      <Icon size={22} aria-hidden="true" />
      <div className="stack-tight">
        <h3>{what}</h3>
        <p>{sentenceOf(text, problem, 'means')}</p>
        {todo && (
          <p>
            <strong>{text('home.what-to-do')}</strong> {todo}
          </p>
        )}
        <Buttons problem={problem} isFirst={isFirst} />
        <MoreOf problem={problem} />
      </div>
    </li>
  );
}

function Buttons({ problem, isFirst }: { problem: CheckStanding; isFirst: boolean }) {
  const text = useText();
  const ignore = useAction('health.ignore');
  const look = useAction('health.runNow');
  const { code, severity, actions } = problem;
  const [main, ...others] = actions.length > 0 ? actions : (['check-again'] as const);
  const until = (time: number | 'changed') => void ignore.run({ code, until: time });
  const entries: MenuEntry[] = [
    { icon: RotateCw, label: text('health.action-check-again'), onSelect: () => void look.run({ codes: [code] }) },
    { icon: Clock, label: text('home.ignore-day'), onSelect: () => until(Date.now() + DAY - 60_000) },
    ...(severity === 'critical'
      ? []
      : [
          { icon: Clock, label: text('home.ignore-week'), onSelect: () => until(Date.now() + 7 * DAY) },
          { icon: EyeOff, label: text('home.ignore-changed'), onSelect: () => until('changed') },
        ]),
  ];
  return (
    <>
      <div className="row">
        {main && <ActionButton action={main} problem={problem} isMain={isFirst} />}
        {others.map((action) => (
          <ActionButton key={action} action={action} problem={problem} />
        ))}
        <RowMenu label={text('home.more', { problem: titleOf(text, code) })} entries={entries} />
      </div>
      {(ignore.error ?? look.error) && <Failure error={ignore.error ?? look.error ?? NO_FAILURE} />}
    </>
  );
}

const NO_FAILURE = { code: 'FAILED', message: '' } as const;

function ActionButton({
  action,
  problem,
  isMain = false,
}: {
  action: CheckAction;
  problem: CheckStanding;
  isMain?: boolean;
}) {
  const text = useText();
  const [, go] = useLocation();
  const look = useAction('health.runNow');
  const restart = useAction('server.restart');
  const place = placeOf(action, problem.fields);
  const act = () => {
    if (place !== undefined) go(place);
    else if (action === 'restart-server') void restart.run(undefined);
    else void look.run({ codes: [problem.code] });
  };
  return (
    <Button kind={isMain ? 'primary' : 'plain'} isBusy={look.isBusy || restart.isBusy} onClick={act}>
      {text(`health.action-${action}`)}
    </Button>
  );
}

/** Evidence, times and history: asked for when somebody wants to see them. */
function MoreOf({ problem }: { problem: CheckStanding }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {text('state.details')}
        <span className="hidden-visually"> {titleOf(text, problem.code)}</span>
      </summary>
      {isOpen && <Facts problem={problem} />}
    </details>
  );
}

function Facts({ problem: { code, since, lastChecked, evidence } }: { problem: CheckStanding }) {
  const text = useText();
  const now = useNow();
  return (
    <div className="stack">
      <p>
        {since !== undefined && `${text('home.since', { when: text.dateTime(since) })} `}
        {lastChecked === undefined
          ? text('home.never-checked')
          : text('home.last-checked', { when: text.relative(lastChecked, now) })}
      </p>
      {evidence && (
        <div>
          <p className="small">{text('home.evidence')}</p>
          <pre className="evidence" dir="ltr">
            {evidence}
          </pre>
        </div>
      )}
      <History code={code} />
    </div>
  );
}

function History({ code }: { code: CheckStanding['code'] }) {
  const text = useText();
  const history = useQuery('health.history', { code }, ['health.changed']);
  if (history.state === 'loading') return <Loading lines={1} />;
  if (history.state === 'failed') return <Failure error={history.error} onRetry={history.reload} />;
  return (
    <div>
      <p className="small">{text('home.history')}</p>
      <HistoryStrip spans={history.value} />
    </div>
  );
}

const LENGTH = 30 * DAY;
const HEIGHTS = { ok: 14, warning: 9, error: 4, 'not-applicable': 1, 'could-not-check': 1 } as const;

/** High where it was fine, low where it was not. */
function HistoryStrip({ spans }: { spans: readonly CheckSpan[] }) {
  const text = useText();
  const now = useNow();
  const from = now - LENGTH;
  const lengthOf = ({ from: start, to }: CheckSpan) => Math.max(0, (to ?? now) - Math.max(start, from));
  const known = spans.reduce((sum, span) => sum + lengthOf(span), 0);
  const fine = spans.reduce((sum, span) => sum + (span.state === 'ok' ? lengthOf(span) : 0), 0);
  const share = new Intl.NumberFormat(text.language, { style: 'percent' }).format(known === 0 ? 0 : fine / known);
  const scale = 1000 / LENGTH;
  return (
    <svg
      className="strip history-strip"
      viewBox="0 0 1000 14"
      preserveAspectRatio="none"
      role="img"
      aria-label={text('home.history-ok', { share })}
    >
      {spans.map((span) => (
        <rect
          key={span.from}
          className={`history-${span.state}`}
          x={Math.max(0, (span.from - from) * scale)}
          y={14 - HEIGHTS[span.state]}
          width={Math.max(2, lengthOf(span) * scale)}
          height={HEIGHTS[span.state]}
        />
      ))}
    </svg>
  );
}
