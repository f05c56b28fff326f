import { Ban } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.js';
import { ServerNameForm } from '../../components/server-name-form.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AllowedServers } from './allowed-servers.js';
import { BlockDialog } from './block-dialog.js';
import { shownServer } from './server-words.js';
import { ServersPage } from './servers-page.js';

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
  return (
    <section className="card stack" aria-label={text('blocks.name')}>
      <p className="soft">{text('blocks.lead')}</p>
      <div ref={opener}>
        <ServerNameForm
          label={text('blocks.name')}
          hint={text('blocks.hint')}
          action={text('blocks.add')}
          icon={Ban}
          value={name}
          onChange={setName}
          onSubmit={() => setAsking(true)}
        />
      </div>
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
      <AllowedServers allowed={allowed} />
    </>
  );
}
