import { useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { CheckField } from '../../components/field.js';
import { Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { type Query, useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Closes an account for ever; what goes is counted first, and the name must be typed, for it cannot be undone. */
export function DeactivateDialog(props: PersonDialog) {
  return props.isOpen ? <Confirm {...props} /> : null;
}

function Confirm({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const { userId } = person;
  const deactivate = useAction('people.deactivate');
  const detail = useQuery('people.detail', { userId });
  const [erase, setErase] = useState(false);
  return (
    <TypedConfirm
      title={text('people.deactivate-title', { name: shownName(person) })}
      description={text('people.deactivate-text')}
      preview={<Preview detail={detail} />}
      untouched={text('person.untouched')}
      options={
        <CheckField
          label={text('person.erase')}
          hint={text('person.erase-hint')}
          checked={erase}
          onChange={(event) => setErase(event.target.checked)}
        />
      }
      wanted={userId.slice(1, userId.indexOf(':'))}
      confirm={text('people.deactivate')}
      canConfirm={detail.state === 'ready'}
      isBusy={deactivate.isBusy}
      error={deactivate.error}
      onConfirm={async () => (await deactivate.run({ userId, erase })) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        deactivate.forget();
        onClose();
      }}
    />
  );
}

/** What there is to lose. */
function Preview({ detail }: { detail: Query<PersonDetail> }) {
  const text = useText();
  if (detail.state === 'loading') return <Loading lines={1} />;
  if (detail.state === 'failed') return <Failure error={detail.error} onRetry={detail.reload} />;
  const { sessions, roomCount, addresses, uploads } = detail.value;
  return (
    <ul className="bullets">
      <li>{text('person.lose-devices', { count: sessions.length })}</li>
      <li>{text('person.lose-rooms', { count: roomCount })}</li>
      {addresses.length > 0 && <li>{text('person.lose-addresses', { count: addresses.length })}</li>}
      {uploads.files > 0 && (
        <li>{text('person.keep-media', { count: uploads.files, size: text.bytes(uploads.bytes) })}</li>
      )}
    </ul>
  );
}
