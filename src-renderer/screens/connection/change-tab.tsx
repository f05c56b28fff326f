import { Shuffle } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionState, ReachChoice, ReachPreview } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useSettled } from '../../components/use-settled.js';
import { useText } from '../../text/use-text.js';
import { type Way, WayCards } from './way-cards.js';

/** Another answer to "who should reach it?", with what it would change, before it does. */
export function ChangeTab({ state }: { state: ConnectionState }) {
  const text = useText();
  const { choice, serverName } = state;
  const [mode, setMode] = useState<Way | undefined>(choice.mode === 'try' ? undefined : choice.mode);
  const [host, setHost] = useState(choice.host ?? serverName);
  const [frontAddress, setFrontAddress] = useState(choice.frontAddress ?? '');
  if (choice.mode === 'try') return <Notice tone="info">{text('connection.trial')}</Notice>;
  const isOutside = mode !== 'home';
  const wanted: ReachChoice = {
    mode: mode ?? choice.mode,
    ...(isOutside ? { host: host.trim() } : {}),
    ...(mode === 'proxy' && frontAddress.trim() !== '' ? { frontAddress: frontAddress.trim() } : {}),
  };
  return (
    <section className="card">
      <h2>{text('ways.question')}</h2>
      <p className="soft">{text('connection.change-text')}</p>
      <WayCards value={mode} onChange={setMode} />
      {isOutside && (
        <TextField
          label={text('address.host')}
          hint={text('address.host-hint', { name: serverName })}
          value={host}
          onChange={(event) => setHost(event.target.value)}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
      )}
      {mode === 'proxy' && (
        <TextField
          label={text('snippet.front')}
          hint={text('snippet.front-hint')}
          value={frontAddress}
          onChange={(event) => setFrontAddress(event.target.value)}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <Preview wanted={wanted} />
    </section>
  );
}

function Preview({ wanted }: { wanted: ReachChoice }) {
  const text = useText();
  const settled = useSettled(JSON.stringify(wanted));
  const query = useQuery('connection.plan', JSON.parse(settled) as ReachChoice, ['address.changed', 'server.changed']);
  const apply = useAction('connection.apply');
  if (query.state === 'loading') return null;
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  const { changes } = query.value;
  if (changes.length === 0) return <p className="soft">{text('connection.no-change')}</p>;
  return (
    <div className="stack" aria-live="polite">
      <h3>{text('connection.changes')}</h3>
      <Consequences preview={query.value} />
      {changes.map(({ key, before, after }) => (
        <div key={key} className="stack-tight">
          <p>
            <code>{key}</code>
          </p>
          <div className="settings-diff">
            <Side label={text('connection.before')} value={before} />
            <Side label={text('connection.after')} value={after} />
          </div>
        </div>
      ))}
      <div className="row">
        <Button kind="primary" icon={Shuffle} isBusy={apply.isBusy} onClick={() => void apply.run(wanted)}>
          {text('connection.apply')}
        </Button>
      </div>
      {apply.error && <Failure error={apply.error} />}
    </div>
  );
}

function Consequences({ preview: { changesAddress, closes } }: { preview: ReachPreview }) {
  const text = useText();
  return (
    <>
      {closes && (
        <Notice tone="warn" title={text('connection.closes')}>
          {text('connection.closes-text')}
        </Notice>
      )}
      {changesAddress && <Notice tone="info">{text('connection.changes-address')}</Notice>}
      <p className="small soft">{text('connection.untouched')}</p>
    </>
  );
}

function Side({ label, value }: { label: string; value: string | undefined }) {
  const text = useText();
  return (
    <div className="stack-tight">
      <span className="small soft">{label}</span>
      {value === undefined ? <p className="soft">{text('connection.not-set')}</p> : <pre dir="ltr">{value}</pre>}
    </div>
  );
}
