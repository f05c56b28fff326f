import { Link2 } from 'lucide-react';
import { useState } from 'react';
import type { OneTimePassword as Given, PasswordLink } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { CheckField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { OneTimePassword } from './one-time-password.js';
import { PasswordLinkCard } from './password-link-card.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Gives somebody a new password, shown once. */
export function ResetPasswordDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const reset = useAction('people.resetPassword');
  const asLink = useAction('people.passwordLink');
  const [given, setGiven] = useState<Given>();
  const [link, setLink] = useState<PasswordLink>();
  const [signOut, setSignOut] = useState(true);
  const close = () => {
    setGiven(undefined);
    setLink(undefined);
    reset.forget();
    asLink.forget();
    onClose();
  };
  const run = async () => {
    const done = await reset.run({ userId: person.userId, signOut });
    if (done) setGiven(done.value);
  };
  const runAsLink = async () => {
    const done = await asLink.run({ userId: person.userId, signOut });
    if (done) setLink(done.value);
  };
  const error = reset.error ?? asLink.error;
  return (
    <Dialog
      title={text('people.reset-title', { name: shownName(person) })}
      description={given || link ? undefined : text('people.reset-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={close}
    >
      {given && <OneTimePassword given={given} onClose={close} />}
      {link && <PasswordLinkCard link={link} onClose={close} />}
      {!given && !link && (
        <div className="stack">
          <CheckField
            label={text('people.reset-sign-out')}
            hint={text('people.reset-sign-out-hint')}
            checked={signOut}
            onChange={(event) => setSignOut(event.target.checked)}
          />
          {error && <Failure error={error} />}
          <div className="row row-end">
            <Button onClick={close}>{text('action.cancel')}</Button>
            <Button icon={Link2} isBusy={asLink.isBusy} onClick={() => void runAsLink()}>
              {text('people.link')}
            </Button>
            <Button kind="primary" isBusy={reset.isBusy} onClick={() => void run()}>
              {text('people.reset')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
