import { Eye } from 'lucide-react';
import { useState } from 'react';
import type { ReachState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { ServerNameField } from '../../components/server-name-field.js';
import type { Action } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Asks a server that somebody knows to come here: the honest look from outside. No form: it may stand in one. */
export function ReachFriend({ state, check }: { state: ReachState; check: Action<'reach.check'> }) {
  const text = useText();
  const [name, setName] = useState('');
  const ask = () => {
    const through = name.trim();
    if (through !== '') void check.run({ steps: ['round-trip'], through });
  };
  return (
    <section className="card stack" aria-labelledby="reach-friend">
      <h2 id="reach-friend">{text('reach.friend')}</h2>
      <p className="soft">{text('reach.friend-text')}</p>
      <ServerNameField
        label={text('reach.friend-name')}
        value={name}
        onChange={setName}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          ask();
        }}
        after={
          <Button icon={Eye} isBusy={state.running.length > 0} onClick={ask}>
            {text('reach.friend-ask')}
          </Button>
        }
      />
    </section>
  );
}
