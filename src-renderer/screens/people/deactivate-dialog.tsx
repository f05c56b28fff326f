import { useState } from 'react';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Closes an account for ever; the name must be typed, for it cannot be undone. */
export function DeactivateDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const deactivate = useAction('people.deactivate');
  const [typed, setTyped] = useState('');
  const [isMissed, setMissed] = useState(false);
  const wanted = person.userId.slice(1, person.userId.indexOf(':'));
  const close = () => {
    setTyped('');
    setMissed(false);
    deactivate.forget();
    onClose();
  };
  const run = async () => {
    if (typed !== wanted) return setMissed(true);
    if (await deactivate.run({ userId: person.userId })) close();
  };
  return (
    <Dialog
      title={text('people.deactivate-title', { name: shownName(person) })}
      description={text('people.deactivate-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={close}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!deactivate.isBusy) void run();
        }}
      >
        <TextField
          label={text('people.deactivate-type', { name: wanted })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={isMissed && typed !== wanted ? text('people.deactivate-mismatch') : undefined}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        {deactivate.error && <Failure error={deactivate.error} />}
        <div className="row row-end">
          <Button onClick={close}>{text('action.cancel')}</Button>
          <Button kind="danger" type="submit" isBusy={deactivate.isBusy}>
            {text('people.deactivate')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
