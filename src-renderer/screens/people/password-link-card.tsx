import type { PasswordLink } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { QrCode } from '../../components/qr-code.js';
import { useText } from '../../text/use-text.js';

/** A link with which somebody chooses a new password, to be scanned or sent. */
export function PasswordLinkCard({ link: { link, expiresAt }, onClose }: { link: PasswordLink; onClose(): void }) {
  const text = useText();
  return (
    <div className="stack">
      <div className="invitation">
        <QrCode value={link} label={text('people.link-qr')} />
        <div className="stack">
          <p>{text('people.link-text', { date: text.dateTime(expiresAt) })}</p>
          <CopyField label={text('people.link-label')} value={link} />
        </div>
      </div>
      <div className="row row-end">
        <Button kind="primary" onClick={onClose}>
          {text('action.done')}
        </Button>
      </div>
    </div>
  );
}
