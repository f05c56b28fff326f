import { useState } from 'react';
import type { OneTimePassword as Given } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { CheckField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { OneTimePassword } from './one-time-password.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Gives somebody a new password, shown once. */
export function ResetPasswordDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const reset = useAction('people.resetPassword');
  const [given, setGiven] = useState<Given>();
  const [signOut, setSignOut] = useState(true);
  const close = () => {
    setGiven(undefined);
    reset.forget();
    onClose();
  };
  const run = async () => {
    const done = await reset.run({ userId: person.userId, signOut });
    if (done) setGiven(done.value);
  };
  return (
    <Dialog
      title={text('people.reset-title', { name: shownName(person) })}
      description={given ? undefined : text('people.reset-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={close}
    >
      {given ? (
        <OneTimePassword given={given} onClose={close} />
      ) : (
        <div className="stack">
          <CheckField
            label={text('people.reset-sign-out')}
            hint={text('people.reset-sign-out-hint')}
            checked={signOut}
            onChange={(event) => setSignOut(event.target.checked)}
          />
          {reset.error && <Failure error={reset.error} />}
          <div className="row row-end">
            <Button onClick={close}>{text('action.cancel')}</Button>
            <Button kind="primary" isBusy={reset.isBusy} onClick={() => void run()}>
              {text('people.reset')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
