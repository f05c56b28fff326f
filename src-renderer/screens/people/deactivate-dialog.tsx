import { TypedConfirm } from '../../components/typed-confirm.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Closes an account for ever; the name must be typed, for it cannot be undone. */
export function DeactivateDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const deactivate = useAction('people.deactivate');
  return (
    <TypedConfirm
      title={text('people.deactivate-title', { name: shownName(person) })}
      description={text('people.deactivate-text')}
      wanted={person.userId.slice(1, person.userId.indexOf(':'))}
      confirm={text('people.deactivate')}
      isBusy={deactivate.isBusy}
      error={deactivate.error}
      onConfirm={async () => (await deactivate.run({ userId: person.userId })) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        deactivate.forget();
        onClose();
      }}
    />
  );
}
