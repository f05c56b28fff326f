import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Button } from '../../components/button.js';
import { Logo } from '../../components/logo.js';
import { isWeakPassword, NewPasswordField } from '../../components/new-password-field.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { failureText, Loading } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { Unreachable } from './join-screen.js';
import { choosePassword, type LinkState, readLink } from './new-password.js';

/** The page behind a link for a new password. */
export function PasswordScreen({ token }: { token: string }) {
  const text = useText();
  const [link, setLink] = useState<LinkState | 'unknown'>('unknown');
  const [isDone, setDone] = useState(false);
  const look = useCallback(() => void readLink(token).then(setLink), [token]);
  useEffect(look, [look]);
  useEffect(() => {
    document.title = text('app.title', { page: text('password.page') });
  }, [text]);
  return (
    <main className="join">
      <Logo size={56} />
      {isDone ? (
        <Said title={text('password.done-title')}>
          <Notice tone="good">{text('password.done-text')}</Notice>
        </Said>
      ) : (
        <Answer link={link} token={token} onDone={() => setDone(true)} onRetry={look} />
      )}
    </main>
  );
}

function Answer(props: { link: LinkState | 'unknown'; token: string; onDone(): void; onRetry(): void }) {
  const text = useText();
  const { link, token, onDone, onRetry } = props;
  if (link === 'unknown') return <Loading lines={3} />;
  if (link === undefined) return <Unreachable onRetry={onRetry} />;
  if (link !== 'invalid') return <PasswordForm token={token} userId={link.userId} onDone={onDone} />;
  return (
    <Said title={text('password.invalid-title')}>
      <Notice tone="warn">{text('password.invalid-text')}</Notice>
    </Said>
  );
}

function Said({ title, children }: { title: string; children: ReactNode }) {
  const heading = useFocusOnArrival();
  return (
    <div className="stack">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}

function PasswordForm({ token, userId, onDone }: { token: string; userId: string; onDone(): void }) {
  const text = useText();
  const heading = useFocusOnArrival();
  const [password, setPassword] = useState('');
  const [hasTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [errcode, setErrcode] = useState<string>();
  const isWeak = isWeakPassword(password);
  const set = async () => {
    setTried(true);
    setErrcode(undefined);
    if (isWeak) return;
    setBusy(true);
    const refused = await choosePassword(token, password);
    setBusy(false);
    if (refused === undefined) onDone();
    else setErrcode(refused);
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void set();
      }}
    >
      <div className="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {text('password.title')}
        </h1>
        <p className="soft">
          {text('password.for')}{' '}
          <bdi dir="ltr" className="breakable">
            {userId}
          </bdi>
        </p>
      </div>
      {/* so that password keepers know whose it is */}
      <input type="text" value={userId} autoComplete="username" readOnly hidden />
      <NewPasswordField value={password} onChange={setPassword} hasTried={hasTried} />
      {errcode && <Notice tone="bad" title={refusalText(text, errcode)} />}
      <div className="row row-end">
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {text('password.set')}
        </Button>
      </div>
    </form>
  );
}

const refusalText = (text: ReturnType<typeof useText>, errcode: string): string =>
  errcode === 'M_UNKNOWN_TOKEN'
    ? text('password.invalid-title')
    : failureText(text, { code: errcode as 'FAILED', message: '' });
