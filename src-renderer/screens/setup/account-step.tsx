import { Dices, Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { useText } from '../../text/use-text.js';
import { chosenName, type StepProps } from './answers.js';
import { type Strength, strengthOf, suggestPassword } from './password.js';
import { StepPage } from './step-page.js';

const LOCALPART = /^[a-z0-9._=/+-]+$/;
const LEAST = 8;

/** The first administrator: made before anything listens, so that nobody else can be first. */
export function AccountStep({ state, answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const [hasTried, setTried] = useState(false);
  const [isShown, setShown] = useState(false);
  const { localpart, password } = answers;
  const nameError = !LOCALPART.test(localpart);
  const passwordError = [...password].length < LEAST;
  const next = () => {
    setTried(true);
    if (!nameError && !passwordError) onNext();
  };
  return (
    <StepPage
      title={text('setup.account-title')}
      lead={text('setup.account-lead')}
      why={text('setup.account-why')}
      onNext={next}
      onBack={onBack}
    >
      <TextField
        label={text('setup.account-name')}
        hint={text('setup.account-name-hint')}
        value={localpart}
        onChange={(event) => change({ localpart: event.target.value.trim().toLowerCase() })}
        error={hasTried && nameError ? text('setup.account-name-error') : undefined}
        note={
          !nameError && (
            <bdi dir="ltr" className="breakable">
              @{localpart}:{chosenName(answers, state)}
            </bdi>
          )
        }
        dir="ltr"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <TextField
        label={text('setup.account-password')}
        hint={text('setup.account-password-hint', { least: LEAST })}
        type={isShown ? 'text' : 'password'}
        value={password}
        onChange={(event) => change({ password: event.target.value })}
        error={hasTried && passwordError ? text('error.WEAK_PASSWORD', { least: LEAST }) : undefined}
        note={password !== '' && <StrengthNote strength={strengthOf(password)} />}
        autoComplete="new-password"
        dir="ltr"
        after={
          <>
            <IconButton
              icon={isShown ? EyeOff : Eye}
              label={text(isShown ? 'setup.account-hide' : 'setup.account-show')}
              onClick={() => setShown(!isShown)}
            />
            <IconButton
              icon={Dices}
              label={text('setup.account-suggest')}
              onClick={() => {
                change({ password: suggestPassword() });
                setShown(true);
              }}
            />
          </>
        }
      />
    </StepPage>
  );
}

function StrengthNote({ strength }: { strength: Strength }) {
  const text = useText();
  return (
    <span className={`strength strength-${strength}`}>
      <span className="strength-bar" aria-hidden="true" />
      {text(`strength.${strength}`)}
    </span>
  );
}
