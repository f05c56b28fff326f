import { Globe, RotateCw, UserPlus } from 'lucide-react';
import { useLocation } from 'wouter';
import type { HealthReport, ServerStatus } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { Failure } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { ActivityList } from './activity-list.js';
import { DayStrip } from './day-strip.js';
import { FirstSteps } from './first-steps.js';
import { Repairs } from './repairs.js';
import { Measures } from './tiles.js';

const POLL = 5000;

/** Is everything all right? One sentence, what to repair, a few figures, and what happened. */
export function HomeScreen() {
  const text = useText();
  const [, go] = useLocation();
  const status = useQuery('server.status', undefined, ['server.changed', 'people.changed'], POLL);
  const health = useQuery('health.list', undefined, ['health.changed', 'server.changed', 'people.changed'], POLL);
  const look = useAction('health.runNow');
  const known = status.state === 'ready' ? status.value : undefined;
  const checks = health.state === 'ready' ? health.value.checks : [];
  const hasProblems = checks.some(({ isVisible }) => isVisible);
  return (
    <Page
      title={text('home.title')}
      lead={health.state === 'ready' ? <Sentence report={health.value} /> : undefined}
      actions={
        <>
          {known?.state === 'running' && (
            <Button icon={RotateCw} isBusy={look.isBusy} onClick={() => void look.run({})}>
              {text('home.check-now')}
            </Button>
          )}
          <Button kind={hasProblems ? 'plain' : 'primary'} icon={UserPlus} onClick={() => go('/people/invitations')}>
            {text('action.invite')}
          </Button>
        </>
      }
    >
      {look.error && <Failure error={look.error} />}
      {status.state === 'failed' && <Failure error={status.error} onRetry={status.reload} />}
      {known?.people?.all === 1 && <FirstSteps status={known} checks={checks} />}
      <Repairs health={health} />
      <Measures status={status} checks={checks} />
      <DayStrip />
      {known && <Connecting status={known} />}
      <ActivityList />
      {known && <Warnings warnings={known.warnings} />}
    </Page>
  );
}

/** The same words as on the pill and in the tray, and more of them. */
function Sentence({ report: { summary } }: { report: HealthReport }) {
  const text = useText();
  return <span className="sentence">{text(`home.sentence-${summary.code}`, summary.fields)}</span>;
}

/** How a person's app finds this server. */
function Connecting({ status }: { status: ServerStatus }) {
  const text = useText();
  if (!status.clientAddress || status.state !== 'running') return null;
  return (
    <section className="card">
      <h2 className="with-icon">
        <Globe size={20} aria-hidden="true" />
        {text('home.connect-title')}
      </h2>
      <p className="soft">{text(status.trial ? 'home.connect-trial' : 'home.connect-text')}</p>
      <CopyField label={text('home.connect-label')} value={status.clientAddress} />
    </section>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  const text = useText();
  if (warnings.length === 0) return null;
  return (
    <Notice tone="warn" title={text('home.warnings', { count: warnings.length })}>
      <ul className="bullets small">
        {warnings.map((warning) => (
          <li key={warning} className="breakable">
            {warning}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
