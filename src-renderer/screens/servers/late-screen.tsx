import { Clock3 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { MessageHops } from './message-hops.js';
import { ServersPage } from './servers-page.js';
import type { MessageWay } from '../../../src-main/control/contract.js';

const LONGEST = 2000;

/** Why was this message late? */
export function LateScreen() {
  const text = useText();
  const [message, setMessage] = useState('');
  const [way, setWay] = useState<MessageWay>();
  const action = useAction('servers.late');
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setWay(undefined);
    if (message.trim() === '') return;
    const found = await action.run({ message: message.trim() });
    if (found) setWay(found.value);
  };
  const code = action.error?.code;
  return (
    <ServersPage current="late">
      <section className="card stack" aria-label={text('late.title')}>
        <p className="soft">{text('late.lead')}</p>
        <form className="stack" onSubmit={(event) => void ask(event)}>
          <TextField
            label={text('late.message')}
            hint={text('late.hint')}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
            maxLength={LONGEST}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            {...(code === 'BAD_INPUT' ? { error: text('late.bad') } : {})}
            after={
              <Button type="submit" icon={Clock3} isBusy={action.isBusy}>
                {text('late.ask')}
              </Button>
            }
          />
        </form>
        <div role="status">{code === 'M_NOT_FOUND' && <Notice tone="info">{text('late.none')}</Notice>}</div>
        {action.error && code !== 'BAD_INPUT' && code !== 'M_NOT_FOUND' && <Failure error={action.error} />}
      </section>
      {way && <MessageHops way={way} />}
    </ServersPage>
  );
}
