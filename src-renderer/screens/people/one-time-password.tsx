import type { OneTimePassword as Given } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';

/** A password that is shown this once. */
export function OneTimePassword({ given, onClose }: { given: Given; onClose(): void }) {
  const text = useText();
  return (
    <div className="stack">
      <CopyField label={text('people.sign-in-name')} value={given.userId} />
      <CopyField label={text('people.one-time')} value={given.password} />
      <Notice tone="info" title={text('people.one-time-title')}>
        <p>{text('people.one-time-text')}</p>
      </Notice>
      <div className="row row-end">
        <Button kind="primary" onClick={onClose}>
          {text('action.done')}
        </Button>
      </div>
    </div>
  );
}
