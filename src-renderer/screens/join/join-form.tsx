import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { isWeakPassword, NewPasswordField } from '../../components/new-password-field.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { failureText } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { register } from './registration.js';

const LOCALPART = /^[a-z0-9._=/+-]+$/;

/** Name and password of the account to be. */
export function JoinForm({
  token,
  serverName,
  onJoined,
}: {
  token: string;
  serverName: string;
  onJoined(userId: string): void;
}) {
  const text = useText();
  const heading = useFocusOnArrival();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [hasTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [errcode, setErrcode] = useState<string>();
  const isWrongName = !LOCALPART.test(name);
  const isWeak = isWeakPassword(password);
  const join = async () => {
    setTried(true);
    setErrcode(undefined);
    if (isWrongName || isWeak) return;
    setBusy(true);
    const outcome = await register(name, password, token);
    setBusy(false);
    if ('userId' in outcome) onJoined(outcome.userId);
    else setErrcode(outcome.errcode);
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void join();
      }}
    >
      <div className="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {text('join.title')}
        </h1>
        <p className="soft">
          {text('join.lead')} <bdi className="breakable">{serverName}</bdi>
        </p>
      </div>
      <TextField
        label={text('join.name')}
        hint={text('setup.account-name-hint')}
        value={name}
        onChange={(event) => setName(event.target.value.trim().toLowerCase())}
        error={hasTried && isWrongName ? text('setup.account-name-error') : undefined}
        note={
          !isWrongName && (
            <bdi dir="ltr" className="breakable">
              @{name}:{serverName}
            </bdi>
          )
        }
        dir="ltr"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <NewPasswordField value={password} onChange={setPassword} hasTried={hasTried} />
      {errcode && <Notice tone="bad" title={failureText(text, { code: errcode as 'FAILED', message: '' })} />}
      <div className="row row-end">
        <Button kind="primary" icon={ArrowRight} iconAfter type="submit" isBusy={isBusy}>
          {text('join.create')}
        </Button>
      </div>
    </form>
  );
}
