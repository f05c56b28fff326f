import { Search } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ServerNameForm } from '../../components/server-name-form.js';
import { useText } from '../../text/use-text.js';
import { serverPath } from './server-words.js';

/** Begins to look at the way to any server. */
export function ServerChecks() {
  const text = useText();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  return (
    <div className="server-checks">
      <section className="card stack" aria-labelledby="servers-check">
        <h2 id="servers-check">{text('servers.check-title')}</h2>
        <ServerNameForm
          label={text('servers.check-name')}
          hint={text('servers.check-hint')}
          action={text('servers.check')}
          icon={Search}
          value={name}
          onChange={setName}
          onSubmit={(server) => go(`${serverPath(server)}/check`)}
        />
      </section>
    </div>
  );
}
