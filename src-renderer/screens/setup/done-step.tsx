import { ArrowRight, UserPlus } from 'lucide-react';
import { useLocation } from 'wouter';
import type { SetupState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { type Answers, chosenName } from './answers.js';

/** The server runs: what to sign in with, and whom to ask in first. */
export function DoneStep({ state, answers, onDone }: { state: SetupState; answers: Answers; onDone(): void }) {
  const text = useText();
  const [, go] = useLocation();
  const heading = useFocusOnArrival();
  const status = useQuery('server.status', undefined, ['server.changed']);
  const address = status.state === 'ready' ? status.value.clientAddress : undefined;
  const leave = (path: string) => {
    go(path);
    onDone();
  };
  return (
    <div className="step">
      <div className="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {text('setup.done-title')}
        </h1>
        <p className="soft">{text('setup.done-lead')}</p>
      </div>
      <div className="stack">
        {address && <CopyField label={text('home.connect-label')} value={address} />}
        <CopyField label={text('setup.done-user')} value={`@${answers.localpart}:${chosenName(answers, state)}`} />
      </div>
      <div className="row spread step-buttons">
        <Button icon={ArrowRight} iconAfter onClick={() => leave('/')}>
          {text('setup.done-home')}
        </Button>
        <Button kind="primary" icon={UserPlus} onClick={() => leave('/people/invitations')}>
          {text('setup.done-invite')}
        </Button>
      </div>
    </div>
  );
}
