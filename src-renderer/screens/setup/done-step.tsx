import { ArrowRight, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Invitation, SetupState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { useFocusOnArrival } from '../../components/page.js';
import { QrCode } from '../../components/qr-code.js';
import { Failure } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { type Answers, chosenName } from './answers.js';

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** The server runs: what to sign in with, and whom to ask in first. */
export function DoneStep({ state, answers }: { state: SetupState; answers: Answers }) {
  const text = useText();
  const [, go] = useLocation();
  const heading = useFocusOnArrival();
  const complete = useAction('setup.complete');
  const status = useQuery('server.status', undefined, ['server.changed']);
  const known = status.state === 'ready' ? status.value : undefined;
  const name = known?.serverName ?? chosenName(answers, state);
  const leave = async (path: string) => {
    go(path);
    await complete.run(undefined);
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
        {known?.clientAddress && <CopyField label={text('home.connect-label')} value={known.clientAddress} />}
        <CopyField label={text('setup.done-user')} value={`@${answers.localpart}:${name}`} />
      </div>
      <InviteCard />
      {complete.error && <Failure error={complete.error} />}
      <div className="row spread step-buttons">
        <Button onClick={() => void leave('/people/invitations')}>{text('setup.done-invitations')}</Button>
        <Button kind="primary" icon={ArrowRight} iconAfter isBusy={complete.isBusy} onClick={() => void leave('/')}>
          {text('setup.done-home')}
        </Button>
      </div>
    </div>
  );
}

/** One invitation, good for several people and a week: to scan from the screen or to send. */
function InviteCard() {
  const text = useText();
  const create = useAction('invitations.create');
  const [made, setMade] = useState<Invitation>();
  const invite = async () => {
    const invitation = await create.run({ uses: 5, lifetime: WEEK });
    if (invitation) setMade(invitation.value);
  };
  return (
    <section className="card">
      <h2>{text('setup.invite-title')}</h2>
      <p className="soft">{text('setup.invite-text')}</p>
      {made ? (
        <div className="invitation">
          <QrCode value={made.link} label={text('invitations.qr')} />
          <CopyField label={text('invitations.link')} value={made.link} />
        </div>
      ) : (
        <div className="row">
          <Button icon={UserPlus} isBusy={create.isBusy} onClick={() => void invite()}>
            {text('setup.done-invite')}
          </Button>
        </div>
      )}
      {create.error && <Failure error={create.error} />}
    </section>
  );
}
