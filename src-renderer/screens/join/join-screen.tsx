import { RotateCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '../../components/button.js';
import { Logo } from '../../components/logo.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { Loading } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { JoinForm } from './join-form.js';
import { JoinedCard } from './joined-card.js';
import { readInvitation } from './registration.js';

type Invitation = Awaited<ReturnType<typeof readInvitation>> | 'unknown';

/** An invitation: choose a name and a password, and the account is there. */
export function JoinScreen({ token }: { token: string }) {
  const text = useText();
  const [invitation, setInvitation] = useState<Invitation>('unknown');
  const [userId, setUserId] = useState<string>();
  const look = useCallback(() => void readInvitation(token).then(setInvitation), [token]);
  useEffect(look, [look]);
  useEffect(() => {
    document.title = text('app.title', { page: text('join.page') });
  }, [text]);
  return (
    <main className="join">
      <Logo size={56} />
      {userId === undefined ? (
        <Answer invitation={invitation} token={token} onJoined={setUserId} onRetry={look} />
      ) : (
        <JoinedCard userId={userId} />
      )}
    </main>
  );
}

function Answer(props: { invitation: Invitation; token: string; onJoined(userId: string): void; onRetry(): void }) {
  const { invitation, token, onJoined, onRetry } = props;
  if (invitation === 'unknown') return <Loading lines={3} />;
  if (invitation === undefined) return <Unreachable onRetry={onRetry} />;
  if (!invitation.isValid) return <Invalid />;
  return <JoinForm token={token} serverName={invitation.serverName} onJoined={onJoined} />;
}

/** The server does not answer: perhaps because it is at home only. */
export function Unreachable({ onRetry }: { onRetry(): void }) {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <div className="stack">
      <h1 ref={heading} tabIndex={-1}>
        {text('join.unreachable-title')}
      </h1>
      <Notice
        tone="warn"
        actions={
          <Button icon={RotateCw} onClick={onRetry}>
            {text('action.retry')}
          </Button>
        }
      >
        <p>{text('join.unreachable-text')}</p>
      </Notice>
    </div>
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
