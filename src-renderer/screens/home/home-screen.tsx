import { Clock, Cpu, Globe, HardDrive, type LucideIcon, UserPlus, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { ServerStatus } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { Meter } from '../../components/meter.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const POLL = 5000;

/** Is everything all right? One sentence, a few figures, and what to do next. */
export function HomeScreen() {
  const text = useText();
  const [, go] = useLocation();
  const status = useQuery('server.status', undefined, ['server.changed', 'people.changed'], POLL);
  return (
    <Page
      title={text('home.title')}
      lead={status.state === 'ready' ? <Sentence status={status.value} /> : undefined}
      actions={
        <Button kind="primary" icon={UserPlus} onClick={() => go('/people/invitations')}>
          {text('action.invite')}
        </Button>
      }
    >
      {status.state === 'loading' && <Loading lines={4} />}
      {status.state === 'failed' && <Failure error={status.error} onRetry={status.reload} />}
      {status.state === 'ready' && <Overview status={status.value} isStale={status.stale !== undefined} />}
    </Page>
  );
}

function Sentence({ status }: { status: ServerStatus }) {
  const text = useText();
  if (status.state !== 'running' || !status.people) return text(`home.sentence-${status.state}`);
  return text('home.sentence-running', { all: status.people.all, connected: status.people.connected });
}

function Overview({ status, isStale }: { status: ServerStatus; isStale: boolean }) {
  return (
    <div className={isStale ? 'stack stale' : 'stack'}>
      <Tiles status={status} />
      {status.people?.all === 1 && <FirstSteps />}
      <Connecting status={status} />
      <Warnings warnings={status.warnings} />
    </div>
  );
}

function Tiles({ status }: { status: ServerStatus }) {
  const text = useText();
  const { disk, people } = status;
  const now = useNow(POLL);
  return (
    <ul className="tiles">
      <Tile
        icon={Users}
        label={text('home.people')}
        value={people ? text('home.people-value', { connected: people.connected }) : text('state.unknown')}
        note={people ? text('home.people-note', { all: people.all }) : undefined}
      />
      <Tile icon={Cpu} label={text('home.memory')} value={text.bytes(status.memory)} note={text('home.memory-note')} />
      <Tile
        icon={HardDrive}
        label={text('home.disk')}
        value={disk ? text('home.disk-value', { free: text.bytes(disk.free) }) : text('state.unknown')}
        note={disk && text('home.disk-note', { used: text.bytes(disk.used) })}
      >
        {disk && (
          <Meter
            value={disk.total - disk.free}
            most={disk.total}
            label={text('home.disk-meter', { share: Math.round((1 - disk.free / disk.total) * 100) })}
          />
        )}
      </Tile>
      <Tile
        icon={Clock}
        label={text(status.state === 'running' ? 'home.up' : 'home.since')}
        value={text.duration(Math.max(0, now - status.since))}
        note={text('home.up-note', { version: status.version })}
      />
    </ul>
  );
}

function Tile({
  icon: Icon,
  label,
  value,
  note,
  children,
}: {
  icon: LucideIcon;
  label: string;
  value: string;
  note?: string;
  children?: ReactNode;
}) {
  return (
    <li className="tile">
      <span className="tile-label">
        <Icon size={18} aria-hidden="true" />
        {label}
      </span>
      <span className="tile-value">{value}</span>
      {children}
      {note && <span className="small soft">{note}</span>}
    </li>
  );
}

function FirstSteps() {
  const text = useText();
  const [, go] = useLocation();
  return (
    <section className="card card-accent">
      <h2>{text('home.first-title')}</h2>
      <p>{text('home.first-text')}</p>
      <div className="row">
        <Button icon={UserPlus} onClick={() => go('/people/invitations')}>
          {text('action.invite')}
        </Button>
      </div>
    </section>
  );
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
