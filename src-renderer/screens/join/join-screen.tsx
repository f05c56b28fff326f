import { useEffect, useState } from 'react';
import { Logo } from '../../components/logo.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { Loading } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { JoinForm } from './join-form.js';
import { JoinedCard } from './joined-card.js';
import { readInvitation } from './registration.js';

type Invitation = Awaited<ReturnType<typeof readInvitation>>;

/** An invitation: choose a name and a password, and the account is there. */
export function JoinScreen({ token }: { token: string }) {
  const text = useText();
  const [invitation, setInvitation] = useState<Invitation>();
  const [userId, setUserId] = useState<string>();
  useEffect(() => {
    void readInvitation(token).then(setInvitation);
  }, [token]);
  useEffect(() => {
    document.title = text('app.title', { page: text('join.page') });
  }, [text]);
  return (
    <main className="join">
      <Logo size={56} />
      {!invitation && <Loading lines={3} />}
      {invitation && userId === undefined && !invitation.isValid && <Invalid />}
      {invitation && userId === undefined && invitation.isValid && (
        <JoinForm token={token} serverName={invitation.serverName} onJoined={setUserId} />
      )}
      {userId !== undefined && <JoinedCard userId={userId} />}
    </main>
  );
}

function Invalid() {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <div className="stack">
      <h1 ref={heading} tabIndex={-1}>
        {text('join.invalid-title')}
      </h1>
      <Notice tone="warn">
        <p>{text('join.invalid-text')}</p>
      </Notice>
    </div>
  );
}
