import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { type Action, useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Another display name for somebody. */
export function RenameDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  return (
    <Dialog
      title={text('person.rename-title', { name: shownName(person) })}
      description={text('person.rename-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={onClose}
    >
      {isOpen && <RenameForm person={person} onClose={onClose} />}
    </Dialog>
  );
}

function RenameForm({ person, onClose }: Pick<PersonDialog, 'person' | 'onClose'>) {
  const text = useText();
  const rename = useAction('people.rename');
  const [name, setName] = useState(person.displayName ?? '');
  const run = async () => {
    if (await rename.run({ userId: person.userId, displayName: name })) onClose();
  };
  return (
    <Form action={rename} confirm={text('person.rename')} onRun={run} onClose={onClose}>
      <TextField
        label={text('person.display-name')}
        value={name}
        maxLength={255}
        onChange={(event) => setName(event.target.value)}
      />
    </Form>
  );
}

/** A message from the server to somebody. */
export function NotifyDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  return (
    <Dialog
      title={text('person.notify-title', { name: shownName(person) })}
      description={text('person.notify-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={onClose}
    >
      {isOpen && <NotifyForm person={person} onClose={onClose} />}
    </Dialog>
  );
}

function NotifyForm({ person, onClose }: Pick<PersonDialog, 'person' | 'onClose'>) {
  const text = useText();
  const id = useId();
  const notify = useAction('people.notify');
  const [words, setWords] = useState('');
  const run = async () => {
    if (words.trim() === '') return;
    if (await notify.run({ userId: person.userId, text: words.trim() })) onClose();
  };
  return (
    <Form action={notify} confirm={text('person.notify-send')} onRun={run} onClose={onClose}>
      <div className="field">
        <label htmlFor={id}>{text('person.notify-words')}</label>
        <textarea
          id={id}
          className="input"
          rows={5}
          maxLength={4000}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
    </Form>
  );
}

function Form({
  action,
  confirm,
  onRun,
  onClose,
  children,
}: {
  action: Pick<Action<'people.rename'>, 'isBusy' | 'error'>;
  confirm: string;
  onRun(): Promise<void>;
  onClose(): void;
  children: ReactNode;
}) {
  const text = useText();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!action.isBusy) void onRun();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {children}
      {action.error && <Failure error={action.error} />}
      <div className="row row-end">
        <Button onClick={onClose}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isBusy={action.isBusy}>
          {confirm}
        </Button>
      </div>
    </form>
  );
}
