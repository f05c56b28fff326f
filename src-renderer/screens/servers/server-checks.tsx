import { Radar, Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { serverPath } from './server-words.js';

const LONGEST_NAME = 255;

/** Begins to look at the way to our own name, or to any other. */
export function ServerChecks() {
  const text = useText();
  const [, go] = useLocation();
  const status = useQuery('server.status', undefined, ['server.changed']);
  const own = status.state === 'ready' ? status.value.serverName : undefined;
  const [name, setName] = useState('');
  const check = (server: string) => go(`${serverPath(server)}/check`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') check(name.trim());
  };
  return (
    <div className="server-checks">
      {own !== undefined && (
        <section className="card stack" aria-labelledby="servers-ours">
          <h2 id="servers-ours">{text('servers.ours-title')}</h2>
          <p className="soft breakable">{text('servers.ours-text', { name: own })}</p>
          <div className="row">
            <Button icon={Radar} onClick={() => check(own)}>
              {text('servers.ours-check')}
            </Button>
          </div>
        </section>
      )}
      <section className="card stack" aria-labelledby="servers-check">
        <h2 id="servers-check">{text('servers.check-title')}</h2>
        <form className="stack" onSubmit={submit}>
          <TextField
            label={text('servers.check-name')}
            hint={text('servers.check-hint')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={LONGEST_NAME}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            after={
              <Button type="submit" icon={Search}>
                {text('servers.check')}
              </Button>
            }
          />
        </form>
      </section>
    </div>
  );
}
