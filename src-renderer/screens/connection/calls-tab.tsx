import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const TURN = /^(?:turns?|stuns?):[^\s]+$/;

/** What helps calls through, and how phones are woken. */
export function CallsTab({ state }: { state: ConnectionState }) {
  return (
    <>
      <CallsCard state={state} />
      <PushCard state={state} />
    </>
  );
}

function CallsCard({ state: { calls } }: { state: ConnectionState }) {
  const text = useText();
  const set = useAction('connection.setCalls');
  const [addresses, setAddresses] = useState(calls.turnUris.join(' '));
  const [secret, setSecret] = useState('');
  const turnUris = addresses.split(/[\s,]+/).filter(Boolean);
  const isWrong = turnUris.some((uri) => !TURN.test(uri));
  const submit = async () => {
    if (isWrong) return;
    if (await set.run({ turnUris, ...(secret === '' ? {} : { turnSecret: secret }) })) setSecret('');
  };
  return (
    <section className="card">
      <h2>{text('calls.title')}</h2>
      <p className="soft">{text('calls.text')}</p>
      <dl className="facts">
        <div>
          <dt>{text('calls.several')}</dt>
          <dd>
            {calls.rtcTransports.length > 0 ? <bdi>{calls.rtcTransports.join(', ')}</bdi> : text('calls.several-none')}
          </dd>
        </div>
        <div>
          <dt>{text('calls.auth')}</dt>
          <dd>{text(`calls.auth-${calls.turnAuth}`)}</dd>
        </div>
      </dl>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!set.isBusy) void submit();
        }}
      >
        <TextField
          label={text('calls.turn')}
          hint={text('calls.turn-hint')}
          value={addresses}
          onChange={(event) => setAddresses(event.target.value)}
          error={isWrong ? text('calls.turn-error') : undefined}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
        <TextField
          label={text('calls.secret')}
          hint={text(calls.turnAuth === 'secret' ? 'calls.secret-kept' : 'calls.secret-hint')}
          type="password"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          dir="ltr"
          autoComplete="off"
        />
        <div className="row">
          <Button kind="primary" type="submit" icon={Check} isBusy={set.isBusy}>
            {text('calls.save')}
          </Button>
        </div>
      </form>
      {set.error && <Failure error={set.error} />}
    </section>
  );
}

function PushCard({ state: { push } }: { state: ConnectionState }) {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('push.title')}</h2>
      <p className="soft">{text('push.text')}</p>
      <dl className="facts">
        <div>
          <dt>{text('push.state')}</dt>
          <dd>{text(push.enabled ? 'push.on' : 'push.off')}</dd>
        </div>
        <div>
          <dt>{text('push.content')}</dt>
          <dd>{text(push.includesContent ? 'push.content-yes' : 'push.content-no')}</dd>
        </div>
      </dl>
    </section>
  );
}
