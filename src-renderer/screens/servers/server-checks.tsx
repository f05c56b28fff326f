import { Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { useText } from '../../text/use-text.js';
import { serverPath } from './server-words.js';

const LONGEST_NAME = 255;

/** Begins to look at the way to any server. */
export function ServerChecks() {
  const text = useText();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const check = (server: string) => go(`${serverPath(server)}/check`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') check(name.trim());
  };
  return (
    <div className="server-checks">
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
