import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Makes somebody an administrator, or no longer one. */
export function AdminDialog({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const change = useAction('people.setAdmin');
  const wish = person.isAdmin ? 'unmake-admin' : 'make-admin';
  const close = () => {
    change.forget();
    onClose();
  };
  const run = async () => {
    if (await change.run({ userId: person.userId, isAdmin: !person.isAdmin })) close();
  };
  return (
    <Dialog
      title={text(`people.${wish}-title`, { name: shownName(person) })}
      description={text(`people.${wish}-text`)}
      opener={opener}
      isOpen={isOpen}
      onClose={close}
    >
      <div className="stack">
        {change.error && <Failure error={change.error} />}
        <div className="row row-end">
          <Button onClick={close}>{text('action.cancel')}</Button>
          <Button kind="primary" isBusy={change.isBusy} onClick={() => void run()}>
            {text(`people.${wish}`)}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
