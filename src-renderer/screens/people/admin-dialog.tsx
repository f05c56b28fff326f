import type { Person } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { shownName } from './shown-name.js';

/** Makes somebody an administrator, or no longer one. */
export function AdminDialog({ person, isOpen, onClose }: { person: Person; isOpen: boolean; onClose(): void }) {
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
