import { Printer } from 'lucide-react';
import type { Invitation } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CopyButton, CopyField } from '../../components/copy-field.js';
import { QrCode } from '../../components/qr-code.js';
import { shown } from '../../components/shown.js';
import { type Text, useText } from '../../text/use-text.js';

/** An invitation to hand over: scan it, send it, print it, or read the code out. */
export function InvitationCard({ invitation, onClose }: { invitation: Invitation; onClose(): void }) {
  const text = useText();
  const { link, token, label } = invitation;
  return (
    <div className="stack">
      <div className="invitation print-card">
        <QrCode value={link} label={text('invitations.qr')} />
        <div className="stack">
          {label !== undefined && (
            <p className="invitation-label">
              {text('invitations.for-label')} <bdi>{shown(label, 100)}</bdi>
            </p>
          )}
          <p className="print-only">{text('invitations.print-text')}</p>
          <CopyField label={text('invitations.link')} value={link} />
          <CopyField label={text('invitations.token')} value={token} />
        </div>
      </div>
      <div className="row row-end">
        <CopyButton
          value={shareText(text, invitation)}
          what={text('invitations.message')}
          label={text('invitations.copy-message')}
        />
        <Button icon={Printer} onClick={() => print()}>
          {text('invitations.print')}
        </Button>
        <Button kind="primary" onClick={onClose}>
          {text('action.done')}
        </Button>
      </div>
    </div>
  );
}

/** What one writes to whom one invites. */
function shareText(text: Text, { link, token, expiresAt }: Invitation): string {
  if (expiresAt === undefined) return text('invitations.share', { link, token });
  return text('invitations.share-until', { link, token, date: text.date(expiresAt) });
}
