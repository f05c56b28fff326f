import type { Invitation } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyField } from '../../components/copy-field.js';
import { QrCode } from '../../components/qr-code.js';
import { useText } from '../../text/use-text.js';

/** An invitation to hand over: scan it, send it, or read the code out. */
export function InvitationCard({ invitation, onClose }: { invitation: Invitation; onClose(): void }) {
  const text = useText();
  return (
    <div className="stack">
      <div className="invitation">
        <QrCode value={invitation.link} label={text('invitations.qr')} />
        <div className="stack">
          <CopyField label={text('invitations.link')} value={invitation.link} />
          <CopyField label={text('invitations.token')} value={invitation.token} />
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
