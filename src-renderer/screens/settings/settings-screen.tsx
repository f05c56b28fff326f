import { CircleStop, Lock, Play, RotateCw } from 'lucide-react';
import type { ServerStatus, Versions } from '../../../src-main/control/contract.js';
import { AppearanceChoices } from '../../appearance/appearance-choices.js';
import { Button } from '../../components/button.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useControl, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { NoticeChoices, StartAndSleep } from './desktop-settings.js';

/** How the console looks, the server's switch, and what all of it is made of. */
export function SettingsScreen() {
  const text = useText();
  return (
    <Page title={text('settings.title')}>
      <section className="card">
        <h2>{text('settings.appearance')}</h2>
        <AppearanceChoices />
      </section>
      <DesktopCards />
      <ServerCard />
      <AboutCard />
      <LeaveCard />
    </Page>
  );
}

/** What only an app on a computer has. */
function DesktopCards() {
  const text = useText();
  if (!useControl().isDesktop) return null;
  return (
    <>
      <section className="card">
        <h2>{text('desktop.start-title')}</h2>
        <StartAndSleep />
      </section>
      <section className="card">
        <h2>{text('desktop.notices-title')}</h2>
        <NoticeChoices />
      </section>
    </>
  );
}

function ServerCard() {
  const text = useText();
  const status = useQuery('server.status', undefined, ['server.changed']);
  return (
    <section className="card">
      <h2>{text('settings.server')}</h2>
      {status.state === 'loading' && <Loading lines={1} />}
      {status.state === 'failed' && <Failure error={status.error} onRetry={status.reload} />}
      {status.state === 'ready' && <Switch status={status.value} />}
    </section>
  );
}

function Switch({ status }: { status: ServerStatus }) {
  const text = useText();
  const start = useAction('server.start');
  const stop = useAction('server.stop');
  const restart = useAction('server.restart');
  const isBusy = start.isBusy || stop.isBusy || restart.isBusy;
  const error = start.error ?? stop.error ?? restart.error;
  const isRunning = status.state === 'running';
  return (
    <>
      <p className="soft">{text(isRunning ? 'settings.server-running' : 'settings.server-stopped')}</p>
      <div className="row">
        {isRunning ? (
          <>
            <Button icon={RotateCw} isBusy={isBusy} onClick={() => void restart.run(undefined)}>
              {text('action.restart')}
            </Button>
            <Button icon={CircleStop} isBusy={isBusy} onClick={() => void stop.run(undefined)}>
              {text('action.stop')}
            </Button>
          </>
        ) : (
          <Button icon={Play} isBusy={isBusy} onClick={() => void start.run(undefined)}>
            {text('action.start')}
          </Button>
        )}
      </div>
      {error && <Failure error={error} />}
      <Listeners status={status} />
    </>
  );
}

function Listeners({ status }: { status: ServerStatus }) {
  const text = useText();
  if (status.listeners.length === 0) return null;
  return (
    <div className="stack-tight">
      <h3>{text('settings.listeners')}</h3>
      <ul className="bullets small">
        {status.listeners.map(({ address, port, tls }) => (
          <li key={`${address} ${port}`}>
            <bdi className="mono" dir="ltr">
              {address.includes(':') ? `[${address}]` : address}:{port}
            </bdi>{' '}
            {text(tls ? 'settings.listener-tls' : 'settings.listener-plain')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** In a browser: ends the session here, so that the console needs its link again. */
function LeaveCard() {
  const text = useText();
  const { leave } = useControl();
  if (!leave) return null;
  return (
    <section className="card">
      <h2>{text('settings.leave')}</h2>
      <p className="soft">{text('settings.leave-text')}</p>
      <div className="row">
        <Button icon={Lock} onClick={() => void leave()}>
          {text('settings.leave')}
        </Button>
      </div>
    </section>
  );
}

function AboutCard() {
  const text = useText();
  const versions = useQuery('about.versions', undefined, ['server.changed']);
  return (
    <section className="card">
      <h2>{text('settings.about')}</h2>
      {versions.state === 'loading' && <Loading />}
      {versions.state === 'failed' && <Failure error={versions.error} onRetry={versions.reload} />}
      {versions.state === 'ready' && <About versions={versions.value} />}
    </section>
  );
}

function About({ versions }: { versions: Versions }) {
  const text = useText();
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Hearth', versions.hearth],
    [text('settings.database'), versions.database],
    ['Node.js', versions.node],
    ['Electron', versions.electron],
    ['Chromium', versions.chromium],
    [text('settings.system'), versions.system],
    [text('settings.configuration'), versions.folders.configuration],
    [text('settings.data'), versions.folders.data],
    [text('settings.licence'), versions.licence],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="breakable">
              <bdi dir="ltr">{value}</bdi>
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
