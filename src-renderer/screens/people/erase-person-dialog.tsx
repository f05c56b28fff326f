import type { ErasurePreview } from '../../../src-main/control/contract.js';
import { Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { type Query, useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { PersonDialog } from './person-dialog.js';
import { shownName } from './shown-name.js';

/** Erases somebody with all that they wrote and uploaded; what goes is counted first, and the name must be typed. */
export function ErasePersonDialog(props: PersonDialog) {
  return props.isOpen ? <Confirm {...props} /> : null;
}

function Confirm({ person, opener, isOpen, onClose }: PersonDialog) {
  const text = useText();
  const { userId } = person;
  const erase = useAction('people.erase');
  const preview = useQuery('people.erasePreview', { userId });
  return (
    <TypedConfirm
      title={text('erasure.confirm-title', { name: shownName(person) })}
      description={text('erasure.confirm-text')}
      preview={<Preview preview={preview} />}
      untouched={text('erasure.untouched')}
      wanted={userId.slice(1, userId.indexOf(':'))}
      confirm={text('erasure.do')}
      canConfirm={preview.state === 'ready'}
      isBusy={erase.isBusy}
      error={erase.error}
      onConfirm={async () => (await erase.run({ userId })) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        erase.forget();
        onClose();
      }}
    />
  );
}

function Preview({ preview }: { preview: Query<ErasurePreview> }) {
  const text = useText();
  if (preview.state === 'loading') return <Loading lines={3} />;
  if (preview.state === 'failed') return <Failure error={preview.error} onRetry={preview.reload} />;
  const { messages, messageBytes, kept, rooms, files, fileBytes, devices, addresses } = preview.value;
  const size = text.bytes(messageBytes);
  return (
    <ul className="bullets">
      <li>{text('erasure.preview-messages', { count: Math.max(0, messages - kept), rooms, size })}</li>
      {kept > 0 && <li>{text('erasure.preview-kept', { count: kept })}</li>}
      <li>{text('erasure.preview-files', { count: files, size: text.bytes(fileBytes) })}</li>
      <li>{text('person.lose-devices', { count: devices })}</li>
      {addresses > 0 && <li>{text('person.lose-addresses', { count: addresses })}</li>}
      <li>{text('erasure.preview-account')}</li>
    </ul>
  );
}
