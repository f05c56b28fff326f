import { Mail, UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { Button } from '../../components/button.js';
import { Page } from '../../components/page.js';
import { useText } from '../../text/use-text.js';
import { AddPersonDialog } from './add-person-dialog.js';
import { InvitationList } from './invitation-list.js';
import { InviteDialog } from './invite-dialog.js';
import { PeopleList } from './people-list.js';

/** Who has an account here, and who is asked to make one. */
export function PeopleScreen() {
  const text = useText();
  const { tab } = useParams<{ tab?: string }>();
  const [dialog, setDialog] = useState<'add' | 'invite'>();
  const close = () => setDialog(undefined);
  const isInvitations = tab === 'invitations';
  return (
    <Page
      title={text('people.title')}
      lead={text(isInvitations ? 'invitations.lead' : 'people.lead')}
      actions={
        <>
          <Button icon={UserPlus} onClick={() => setDialog('add')}>
            {text('people.add')}
          </Button>
          <Button kind="primary" icon={Mail} onClick={() => setDialog('invite')}>
            {text('action.invite')}
          </Button>
        </>
      }
    >
      <nav className="tabs" aria-label={text('people.tabs')}>
        <Link href="/people" aria-current={isInvitations ? undefined : 'page'}>
          <Users size={18} aria-hidden="true" />
          {text('people.tab-people')}
        </Link>
        <Link href="/people/invitations" aria-current={isInvitations ? 'page' : undefined}>
          <Mail size={18} aria-hidden="true" />
          {text('people.tab-invitations')}
        </Link>
      </nav>
      {isInvitations ? (
        <InvitationList onInvite={() => setDialog('invite')} />
      ) : (
        <PeopleList onInvite={() => setDialog('invite')} />
      )}
      <AddPersonDialog isOpen={dialog === 'add'} onClose={close} />
      <InviteDialog isOpen={dialog === 'invite'} onClose={close} />
    </Page>
  );
}
