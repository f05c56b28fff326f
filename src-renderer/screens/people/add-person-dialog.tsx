import { useState } from 'react';
import type { OneTimePassword as Given } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { CheckField, TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { OneTimePassword } from './one-time-password.js';

/** Makes an account for somebody and shows its first password. */
export function AddPersonDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  const [given, setGiven] = useState<Given>();
  const close = () => {
    setGiven(undefined);
    onClose();
  };
  return (
    <Dialog
      title={text('people.add')}
      description={given ? undefined : text('people.add-text')}
      isOpen={isOpen}
      onClose={close}
    >
      {given ? <OneTimePassword given={given} onClose={close} /> : <Form onCreated={setGiven} onCancel={close} />}
    </Dialog>
  );
}

function Form({ onCreated, onCancel }: { onCreated(given: Given): void; onCancel(): void }) {
  const text = useText();
  const create = useAction('people.create');
  const [localpart, setLocalpart] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [isAdmin, setAdmin] = useState(false);
  const submit = async () => {
    const named = displayName.trim() === '' ? {} : { displayName: displayName.trim() };
    const created = await create.run({ localpart, isAdmin, ...named });
    if (created) onCreated(created.value);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isBusy) void submit();
      }}
    >
      <TextField
        label={text('people.add-name')}
        hint={text('setup.account-name-hint')}
        value={localpart}
        onChange={(event) => setLocalpart(event.target.value.trim().toLowerCase())}
        dir="ltr"
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <TextField
        label={text('people.add-display')}
        value={displayName}
        onChange={(event) => setDisplayName(event.target.value)}
        autoComplete="off"
      />
      <CheckField
        label={text('people.add-admin')}
        hint={text('people.add-admin-hint')}
        checked={isAdmin}
        onChange={(event) => setAdmin(event.target.checked)}
      />
      {create.error && <Failure error={create.error} />}
      <div className="row row-end">
        <Button onClick={onCancel}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isBusy={create.isBusy}>
          {text('people.add-create')}
        </Button>
      </div>
    </form>
  );
}
