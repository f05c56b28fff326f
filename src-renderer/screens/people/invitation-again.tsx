import { MailPlus } from 'lucide-react';
import { useState } from 'react';
import type { Invitation } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { InvitationCard } from './invitation-card.js';

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** Makes an invitation like one that ran out or was used up: for the same, for as many, for as long. */
export function InviteAgain({ invitation }: { invitation: Invitation }) {
  const text = useText();
  const create = useAction('invitations.create');
  const [made, setMade] = useState<Invitation>();
  const { token, label, usesAllowed, createdAt, expiresAt } = invitation;
  const run = async () => {
    const lasted = expiresAt === undefined ? null : createdAt === undefined ? WEEK : expiresAt - createdAt;
    const named = label === undefined ? {} : { label };
    const done = await create.run({ uses: usesAllowed ?? null, lifetime: lasted, ...named });
    if (done) setMade(done.value);
  };
  const close = () => setMade(undefined);
  return (
    <>
      <Button
        icon={MailPlus}
        isBusy={create.isBusy}
        onClick={() => void run()}
        aria-label={text('invitations.again-what', { token })}
      >
        {text('invitations.again')}
      </Button>
      {create.error && <Failure error={create.error} />}
      <Dialog
        title={text('invitations.ready')}
        description={text('invitations.ready-text')}
        isOpen={made !== undefined}
        onClose={close}
      >
        {made && <InvitationCard invitation={made} onClose={close} />}
      </Dialog>
    </>
  );
}
