import { Mail, UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { useParams } from 'wouter';
import { Button } from '../../components/button.js';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
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
      <Tabs
        label={text('people.tabs')}
        tabs={[
          { path: '/people', title: text('people.tab-people'), icon: Users },
          { path: '/people/invitations', title: text('people.tab-invitations'), icon: Mail },
        ]}
        current={isInvitations ? '/people/invitations' : '/people'}
      >
        {isInvitations ? (
          <InvitationList onInvite={() => setDialog('invite')} />
        ) : (
          <PeopleList onInvite={() => setDialog('invite')} />
        )}
      </Tabs>
      <AddPersonDialog isOpen={dialog === 'add'} onClose={close} />
      <InviteDialog isOpen={dialog === 'invite'} onClose={close} />
    </Page>
  );
}
