import { useState } from 'react';
import { Button } from '../../components/button.js';
import { CheckField, TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';

/** What is to be replaced before something is handed on. */
export interface Privacy {
  readonly realNames: boolean;
  readonly words: string;
}

export const FIRST_PRIVACY: Privacy = { realNames: false, words: '' };

/** As the server wants it. */
export const wirePrivacy = ({ realNames, words }: Privacy) => {
  const custom = words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word.length > 1)
    .slice(0, 50);
  return { realNames, ...(custom.length === 0 ? {} : { custom }) };
};

/** Names are replaced unless somebody says twice that they shall not be. */
export function PrivacyFields({ privacy, onChange }: { privacy: Privacy; onChange(privacy: Privacy): void }) {
  const text = useText();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <TextField
        label={text('logs.custom')}
        hint={text('logs.custom-hint')}
        value={privacy.words}
        maxLength={500}
        onChange={(event) => onChange({ ...privacy, words: event.target.value })}
      />
      <CheckField
        label={text('logs.real-names')}
        hint={text('logs.real-names-hint')}
        checked={privacy.realNames}
        onChange={(event) => {
          if (event.target.checked) setAsking(true);
          else onChange({ ...privacy, realNames: false });
        }}
      />
      {isAsking && (
        <Notice
          tone="warn"
          title={text('logs.real-names-sure')}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{text('action.cancel')}</Button>
              <Button
                onClick={() => {
                  setAsking(false);
                  onChange({ ...privacy, realNames: true });
                }}
              >
                {text('logs.real-names-yes')}
              </Button>
            </>
          }
        >
          {text('logs.real-names-sure-text')}
        </Notice>
      )}
    </>
  );
}
