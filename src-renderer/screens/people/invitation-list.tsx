import { CircleCheck, Clock, Mail, MailX, QrCode as QrIcon, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Invitation } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Pill } from '../../components/pill.js';
import { shown } from '../../components/shown.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { InviteAgain } from './invitation-again.js';
import { InvitationCard } from './invitation-card.js';
import { personPath } from './shown-name.js';

/** Every invitation, the open ones first. */
export function InvitationList({ onInvite }: { onInvite(): void }) {
  const text = useText();
  const list = useQuery('invitations.list', undefined, ['invitations.changed', 'people.changed', 'server.changed']);
  if (list.state === 'loading') return <Loading lines={3} />;
  if (list.state === 'failed') return <Failure error={list.error} onRetry={list.reload} />;
  if (list.value.length === 0) {
    return (
      <Empty icon={Mail} title={text('invitations.none')}>
        <p className="soft">{text('invitations.none-text')}</p>
        <Button kind="primary" icon={Mail} onClick={onInvite}>
          {text('action.invite')}
        </Button>
      </Empty>
    );
  }
  const openFirst = [...list.value].sort((a, b) => Number(b.state === 'open') - Number(a.state === 'open'));
  return (
    <ul className="cards" aria-label={text('people.tab-invitations')}>
      {openFirst.map((invitation) => (
        <InvitationRow key={invitation.token} invitation={invitation} />
      ))}
    </ul>
  );
}

const LOOKS = {
  open: { tone: 'good', icon: Mail },
  used: { tone: 'plain', icon: CircleCheck },
  expired: { tone: 'plain', icon: Clock },
  revoked: { tone: 'warn', icon: MailX },
} as const;

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const text = useText();
  const [opened, setOpened] = useState<'show' | 'revoke'>();
  const close = () => setOpened(undefined);
  const restore = useAction('invitations.restore');
  const { state, token, label } = invitation;
  return (
    <li className="card invitation-row">
      <div className="stack-tight">
        <div className="row">
          {label !== undefined && <bdi className="invitation-label">{shown(label, 100)}</bdi>}
          <code dir="ltr" className="breakable">
            {token}
          </code>
          <Pill {...LOOKS[state]}>{text(`invitations.state-${state}`)}</Pill>
        </div>
        <p className="small soft">
          <Uses invitation={invitation} /> · <Expiry invitation={invitation} />
        </p>
        <Comers people={invitation.people} />
      </div>
      <div className="row">
        {(state === 'expired' || state === 'used') && <InviteAgain invitation={invitation} />}
        {state === 'open' && (
          <Button icon={QrIcon} onClick={() => setOpened('show')} aria-label={text('invitations.show-what', { token })}>
            {text('invitations.show')}
          </Button>
        )}
        {state === 'open' && (
          <Button
            icon={MailX}
            onClick={() => setOpened('revoke')}
            aria-label={text('invitations.revoke-what', { token })}
          >
            {text('invitations.revoke')}
          </Button>
        )}
        {state === 'revoked' && (
          <Button
            icon={Undo2}
            isBusy={restore.isBusy}
            onClick={() => void restore.run({ token })}
            aria-label={text('invitations.restore-what', { token })}
          >
            {text('invitations.restore')}
          </Button>
        )}
      </div>
      {restore.error && <Failure error={restore.error} />}
      <Dialog
        title={text('invitations.ready')}
        description={text('invitations.ready-text')}
        isOpen={opened === 'show'}
        onClose={close}
      >
        <InvitationCard invitation={invitation} onClose={close} />
      </Dialog>
      <RevokeDialog token={token} isOpen={opened === 'revoke'} onClose={close} />
    </li>
  );
}

function Uses({ invitation: { used, usesAllowed } }: { invitation: Invitation }) {
  const text = useText();
  if (usesAllowed === undefined) return text('invitations.used', { used });
  return text('invitations.used-of', { used, allowed: usesAllowed });
}

/** Who came by it. */
function Comers({ people }: { people: Invitation['people'] }) {
  const text = useText();
  if (people.length === 0) return null;
  return (
    <p className="small soft">
      {text('invitations.came')}{' '}
      {people.map((userId) => (
        <Link key={userId} href={personPath({ userId })} className="link invitation-comer">
          <bdi dir="ltr">{userId}</bdi>
        </Link>
      ))}
    </p>
  );
}

function Expiry({ invitation: { expiresAt } }: { invitation: Invitation }) {
  const text = useText();
  const now = useNow();
  if (expiresAt === undefined) return text('invitations.never-expires');
  const when = text.relative(expiresAt, now);
  return text(expiresAt > now ? 'invitations.expires' : 'invitations.expired', { when });
}

function RevokeDialog({ token, isOpen, onClose }: { token: string; isOpen: boolean; onClose(): void }) {
  const text = useText();
  const revoke = useAction('invitations.revoke');
  const run = async () => {
    if (await revoke.run({ token })) onClose();
  };
  return (
    <Dialog
      title={text('invitations.revoke-title')}
      description={text('invitations.revoke-text')}
      isOpen={isOpen}
      onClose={onClose}
    >
      <div className="stack">
        {revoke.error && <Failure error={revoke.error} />}
        <div className="row row-end">
          <Button onClick={onClose}>{text('action.cancel')}</Button>
          <Button kind="danger" isBusy={revoke.isBusy} onClick={() => void run()}>
            {text('invitations.revoke')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
