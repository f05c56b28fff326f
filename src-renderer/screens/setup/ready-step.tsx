import { Check, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { SetupStep } from '../../../src-main/control/contract.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { allAnswers, chosenName, modeOf, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

const WORK: readonly SetupStep[] = ['configuration', 'database', 'administrator', 'listeners'];

/** All answers once more, the name typed again, then the work, each part of it as it is done. */
export function ReadyStep({ state, answers, onBack, onFinished }: StepProps & { onFinished(): void }) {
  const text = useText();
  const finish = useAction('setup.finish');
  const [typed, setTyped] = useState('');
  const [isMissed, setMissed] = useState(false);
  const name = chosenName(answers, state);
  const isTrial = answers.purpose === 'try';
  const isRight = isTrial || typed.trim().toLowerCase() === name;
  const start = async () => {
    setMissed(!isRight);
    if (isRight && (await finish.run(allAnswers(answers, state)))) onFinished();
  };
  return (
    <StepPage
      title={text('setup.check-title')}
      lead={text('setup.check-lead')}
      next={text('setup.check-start')}
      isBusy={finish.isBusy}
      onNext={() => void start()}
      onBack={finish.isBusy ? undefined : onBack}
    >
      <Summary state={state} answers={answers} />
      {!isTrial && (
        <TextField
          label={text('setup.ready-type', { name })}
          hint={text('setup.ready-for-ever')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={isMissed && !isRight ? text('setup.ready-differs') : undefined}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      {finish.isBusy && <Work step={state.step} />}
      {finish.error && <Failure error={finish.error} />}
    </StepPage>
  );
}

function Summary({ state, answers }: Pick<StepProps, 'state' | 'answers'>) {
  const text = useText();
  const name = chosenName(answers, state);
  const mode = modeOf(answers) ?? 'home';
  return (
    <dl className="facts">
      <Fact name={text('setup.check-reach')} value={text(mode === 'try' ? 'setup.mode-try' : `ways.${mode}`)} />
      <Fact name={text('setup.check-name')} value={name} isCode />
      {answers.host !== '' && mode !== 'try' && <Fact name={text('address.host')} value={answers.host} isCode />}
      <Fact name={text('setup.check-folder')} value={answers.folder} isCode />
      <Fact name={text('setup.check-admin')} value={`@${answers.localpart}:${name}`} isCode />
    </dl>
  );
}

function Fact({ name, value, isCode = false }: { name: string; value: string; isCode?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="breakable">{isCode ? <bdi dir="ltr">{value}</bdi> : value}</dd>
    </div>
  );
}

function Work({ step }: { step: SetupStep | undefined }) {
  const text = useText();
  const place = step ? WORK.indexOf(step) : 0;
  return (
    <ol className="work" role="status">
      {WORK.slice(0, place + 1).map((part, index) => (
        <li key={part} data-done={index < place || undefined}>
          {index < place ? (
            <Check size={18} aria-hidden="true" />
          ) : (
            <LoaderCircle className="turning" size={18} aria-hidden="true" />
          )}
          {text(`setup.work-${part}`)}
        </li>
      ))}
    </ol>
  );
}
