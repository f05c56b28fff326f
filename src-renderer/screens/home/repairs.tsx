import { CircleCheck } from 'lucide-react';
import type { CheckStanding, HealthReport } from '../../../src-main/control/contract.js';
import { CheckList, type CheckLine } from '../../components/check-list.js';
import { Button } from '../../components/button.js';
import { Failure, Loading } from '../../components/states.js';
import { type Query, useAction } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { sentenceOf, titleOf } from './health-words.js';
import { RepairCard } from './repair-card.js';

/** What is wrong, the worst first; what somebody does not want to see; and all that is looked at. */
export function Repairs({ health }: { health: Query<HealthReport> }) {
  const text = useText();
  return (
    <section className="stack" aria-labelledby="home-repairs">
      <h2 id="home-repairs">{text('home.repairs')}</h2>
      {health.state === 'loading' && <Loading lines={2} />}
      {health.state === 'failed' && <Failure error={health.error} onRetry={health.reload} />}
      {health.state === 'ready' && <Inbox report={health.value} />}
    </section>
  );
}

function Inbox({ report: { checks, asOf } }: { report: HealthReport }) {
  const text = useText();
  const problems = checks.filter(({ isVisible }) => isVisible);
  const ignored = checks.filter(({ hidden }) => hidden === 'ignored');
  return (
    <>
      {asOf !== undefined && checks.length > 0 && (
        <p className="small soft">{text('home.as-of', { when: text.dateTime(asOf) })}</p>
      )}
      {problems.length === 0 && <Nothing checks={checks} />}
      <ul className="cards">
        {problems.map((problem, index) => (
          <RepairCard key={problem.code} problem={problem} isFirst={index === 0} />
        ))}
      </ul>
      {ignored.length > 0 && <Ignored checks={ignored} />}
      {checks.length > 0 && <AllChecks checks={checks} />}
    </>
  );
}

function Nothing({ checks }: { checks: readonly CheckStanding[] }) {
  const text = useText();
  const count = checks.filter(({ state }) => state === 'ok').length;
  return (
    <div className="card all-well">
      <CircleCheck size={28} aria-hidden="true" />
      <div className="stack-tight">
        <p className="notice-title">{text('home.nothing')}</p>
        <p className="soft">{count === 0 ? text('home.nothing-yet') : text('home.nothing-text', { count })}</p>
      </div>
    </div>
  );
}

function Ignored({ checks }: { checks: readonly CheckStanding[] }) {
  const text = useText();
  const ignore = useAction('health.ignore');
  return (
    <details className="details">
      <summary>{text('home.ignored', { count: checks.length })}</summary>
      <ul className="stack">
        {checks.map((check) => (
          <li key={check.code} className="row spread">
            <span>
              {sentenceOf(text, check, 'what')} <span className="small soft">{ignoredWords(text, check)}</span>
            </span>
            <Button isBusy={ignore.isBusy} onClick={() => void ignore.run({ code: check.code, until: null })}>
              {text('home.show-again')}
              <span className="hidden-visually"> {titleOf(text, check.code)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {ignore.error && <Failure error={ignore.error} />}
    </details>
  );
}

function ignoredWords(text: Text, { ignoredUntil }: CheckStanding): string {
  if (typeof ignoredUntil === 'number') return text('home.ignored-until', { when: text.dateTime(ignoredUntil) });
  return text('home.ignored-changed');
}

function AllChecks({ checks }: { checks: readonly CheckStanding[] }) {
  const text = useText();
  return (
    <details className="details">
      <summary>{text('home.all-checks')}</summary>
      <div className="card">
        <CheckList label={text('home.all-checks')} lines={checks.map((check) => lineOf(text, check))} />
      </div>
    </details>
  );
}

function lineOf(text: Text, check: CheckStanding): CheckLine {
  const { code, state, evidence } = check;
  const isProblem = state === 'warning' || state === 'error';
  return {
    id: code,
    title: titleOf(text, code),
    state: state === 'waiting' ? 'pending' : state,
    what: isProblem ? sentenceOf(text, check, 'what') : undefined,
    evidence: evidence === '' ? [] : evidence.split('\n'),
  };
}
