import { Ban } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { BlockDialog } from './block-dialog.js';
import { shownServer } from './server-words.js';
import { ServersPage } from './servers-page.js';

const LONGEST_NAME = 255;

/** Which servers this one does not talk to. */
export const BlocksScreen = () => (
  <ServersPage current="blocks">
    <BlockForm />
    <Blocked />
  </ServersPage>
);

function BlockForm() {
  const text = useText();
  const [name, setName] = useState('');
  const [isAsking, setAsking] = useState(false);
  const opener = useRef<HTMLDivElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') setAsking(true);
  };
  return (
    <section className="card stack" aria-label={text('blocks.name')}>
      <p className="soft">{text('blocks.lead')}</p>
      <form className="stack" onSubmit={submit}>
        <div ref={opener}>
          <TextField
            label={text('blocks.name')}
            hint={text('blocks.hint')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={LONGEST_NAME}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            after={
              <Button type="submit" icon={Ban}>
                {text('blocks.add')}
              </Button>
            }
          />
        </div>
      </form>
      <BlockDialog
        name={name.trim()}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
          setName('');
        }}
        opener={opener}
      />
    </section>
  );
}

function Blocked() {
  const text = useText();
  const query = useQuery('servers.blocked', undefined, ['servers.changed', 'server.changed']);
  const action = useAction('servers.unblock');
  if (query.state === 'loading') return <Loading />;
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  const { names, allowed } = query.value;
  return (
    <>
      {names.length === 0 ? (
        <Empty icon={Ban} title={text('blocks.none')} />
      ) : (
        <ul className="card stack plain-list" aria-label={text('blocks.title')}>
          {names.map((name) => (
            <li key={name} className="row spread">
              <bdi dir="ltr" className="breakable">
                {shownServer(name)}
              </bdi>
              <Button
                aria-label={text('blocks.unblock-what', { name: shownServer(name) })}
                onClick={() => void action.run({ name })}
              >
                {text('servers.unblock')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {action.error && <Failure error={action.error} />}
      {allowed && (
        <section className="card stack">
          <p>{text('blocks.allowed')}</p>
          <p className="breakable">
            <bdi dir="ltr">{allowed.map(shownServer).join(', ')}</bdi>
          </p>
        </section>
      )}
    </>
  );
}
