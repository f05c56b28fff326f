import { useState } from 'react';
import type { NameCheck } from '../../../src-main/control/contract.js';
import { CheckField, TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { modeOf, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** The name of the server: part of everybody's address, and for ever. */
export function NameStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const settled = useSettled(answers.serverName);
  const mode = modeOf(answers) ?? 'home';
  const query = useQuery('setup.checkName', { serverName: settled, mode });
  const check = useAction('setup.checkName');
  const [hasTried, setTried] = useState(false);
  const seen = query.state === 'ready' ? query.value : undefined;
  const isTyping = settled !== answers.serverName;
  const next = async () => {
    setTried(true);
    const checked = await check.run({ serverName: answers.serverName, mode });
    if (!checked || !isAccepted(checked.value, answers.acceptsPrivateName)) return;
    const { serverName } = checked.value;
    change(serverName === answers.serverName ? {} : { serverName, host: '' });
    onNext();
  };
  const error = nameError(seen, hasTried, isTyping);
  return (
    <StepPage
      title={text('setup.name-title')}
      lead={text('setup.name-lead')}
      why={text('setup.name-why')}
      isBusy={check.isBusy}
      onNext={() => void next()}
      onBack={onBack}
    >
      <TextField
        label={text('setup.name-label')}
        hint={text('setup.name-hint')}
        value={answers.serverName}
        onChange={(event) => change({ serverName: event.target.value, acceptsPrivateName: false })}
        error={error && text(`name.${error}`)}
        note={
          seen?.code === 'NAME_STARTS_WITH_MATRIX' &&
          text('name.NAME_STARTS_WITH_MATRIX', { rest: seen.serverName.replace(/^[^.]+\./, '') })
        }
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="url"
      />
      {seen && seen.verdict !== 'refused' && <Preview serverName={seen.serverName} />}
      {seen?.code === 'NAME_PRIVATE' && (
        <PrivateName
          isAccepted={answers.acceptsPrivateName}
          isMissed={hasTried && !answers.acceptsPrivateName}
          onChange={(acceptsPrivateName) => change({ acceptsPrivateName })}
        />
      )}
      {check.error && <Failure error={check.error} />}
    </StepPage>
  );
}

const isAccepted = ({ verdict, code }: NameCheck, acceptsPrivateName: boolean): boolean =>
  verdict !== 'refused' && (code !== 'NAME_PRIVATE' || acceptsPrivateName);

/** Nothing is wrong with a name that is still being typed. */
function nameError(check: NameCheck | undefined, hasTried: boolean, isTyping: boolean) {
  if (!check || check.verdict !== 'refused' || check.code === undefined || isTyping) return undefined;
  return check.code === 'NAME_EMPTY' && !hasTried ? undefined : check.code;
}

function Preview({ serverName }: { serverName: string }) {
  const text = useText();
  return (
    <figure className="preview" aria-live="polite">
      <figcaption className="small soft">{text('setup.name-preview')}</figcaption>
      <p className="preview-ids" dir="ltr">
        <bdi>
          @alex:<b>{serverName}</b>
        </bdi>
        <bdi>
          @sam:<b>{serverName}</b>
        </bdi>
      </p>
    </figure>
  );
}

function PrivateName({
  isAccepted,
  isMissed,
  onChange,
}: {
  isAccepted: boolean;
  isMissed: boolean;
  onChange(isAccepted: boolean): void;
}) {
  const text = useText();
  return (
    <div className="card card-warn">
      <p>{text('name.NAME_PRIVATE')}</p>
      <CheckField
        label={text('setup.name-private')}
        checked={isAccepted}
        onChange={(event) => onChange(event.target.checked)}
      />
      {isMissed && (
        <p className="field-error" role="alert">
          {text('setup.name-private-missed')}
        </p>
      )}
    </div>
  );
}
