import { Dices, Eye, EyeOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../text/use-text.js';
import { IconButton } from './button.js';
import { TextField } from './field.js';

/** Letters of a password, at least. */
const LEAST = 8;

export const isWeakPassword = (password: string): boolean => [...password].length < LEAST;

/** A password that is chosen now: it can be looked at, and a good one suggested. */
export function NewPasswordField({
  value,
  onChange,
  hasTried,
  note,
  suggest,
}: {
  value: string;
  onChange(password: string): void;
  /** somebody wanted to go on with it: what is wrong with it is said from then on */
  hasTried: boolean;
  note?: ReactNode;
  suggest?: () => string;
}) {
  const text = useText();
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      label={text('setup.account-password')}
      hint={text('setup.account-password-hint', { least: LEAST })}
      type={isShown ? 'text' : 'password'}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={hasTried && isWeakPassword(value) ? text('error.WEAK_PASSWORD', { least: LEAST }) : undefined}
      note={note}
      autoComplete="new-password"
      dir="ltr"
      after={
        <>
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={text(isShown ? 'setup.account-hide' : 'setup.account-show')}
            onClick={() => setShown(!isShown)}
          />
          {suggest && (
            <IconButton
              icon={Dices}
              label={text('setup.account-suggest')}
              onClick={() => {
                onChange(suggest());
                setShown(true);
              }}
            />
          )}
        </>
      }
    />
  );
}
