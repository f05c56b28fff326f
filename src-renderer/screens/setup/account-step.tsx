import { useState } from 'react';
import { TextField } from '../../components/field.js';
import { isWeakPassword, NewPasswordField } from '../../components/new-password-field.js';
import { useText } from '../../text/use-text.js';
import { chosenName, type StepProps } from './answers.js';
import { type Strength, strengthOf, suggestPassword } from './password.js';
import { StepPage } from './step-page.js';

const LOCALPART = /^[a-z0-9._=/+-]+$/;

/** The first administrator: made before anything listens, so that nobody else can be first. */
export function AccountStep({ state, answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const [hasTried, setTried] = useState(false);
  const { localpart, password } = answers;
  const nameError = !LOCALPART.test(localpart);
  const passwordError = isWeakPassword(password);
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
      <NewPasswordField
        value={password}
        onChange={(chosen) => change({ password: chosen })}
        hasTried={hasTried}
        note={password !== '' && <StrengthNote strength={strengthOf(password)} />}
        suggest={suggestPassword}
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
