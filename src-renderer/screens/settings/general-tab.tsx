import { CircleStop, Lock, Play, RotateCw } from 'lucide-react';
import type { ServerStatus } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckField } from '../../components/field.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useControl, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { WithSettings } from './use-settings.js';

/** The server's switch, whether it may write to people, and the way out of the console. */
export function GeneralTab() {
  return (
    <div className="stack">
      <ServerCard />
      <NoticesCard />
      <LeaveCard />
    </div>
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

function NoticesCard() {
  const text = useText();
  return (
    <WithSettings>
      {({ values, change }) => (
        <section className="card">
          <h2>{text('settings.notices')}</h2>
          <CheckField
            label={text('settings.notices-on')}
            hint={text('settings.notices-hint')}
            checked={values.notices === true}
            onChange={(event) => change('notices', event.target.checked)}
          />
        </section>
      )}
    </WithSettings>
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
