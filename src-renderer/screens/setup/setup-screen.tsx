import { Check } from 'lucide-react';
import { useState } from 'react';
import type { SetupState } from '../../../src-main/control/contract.js';
import { AppearanceChoices } from '../../appearance/appearance-choices.js';
import { Logo } from '../../components/logo.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AccountStep } from './account-step.js';
import { type Answers, firstAnswers, type StepName, type StepProps, stepsOf } from './answers.js';
import { CheckStep } from './check-step.js';
import { DoneStep } from './done-step.js';
import { FolderStep } from './folder-step.js';
import { NameStep } from './name-step.js';
import { WelcomeStep } from './welcome-step.js';

/** The wizard: one question a page. What was answered is remembered by the server, so that it can be finished later. */
export function SetupScreen({ state, onBegin, onDone }: { state: SetupState; onBegin(): void; onDone(): void }) {
  const control = useControl();
  const [answers, setAnswers] = useState<Answers>(() => firstAnswers(state));
  const [step, setStep] = useState<StepName>('welcome');
  const [isDone, setDone] = useState(false);
  const steps = stepsOf(answers.mode);
  const place = steps.indexOf(step);
  const remember = () => {
    const { mode, folder, serverName, localpart } = answers;
    void control.call('setup.remember', { mode, folder, serverName, localpart });
  };
  const props: StepProps = {
    state,
    answers,
    change: (change) => setAnswers((before) => ({ ...before, ...change })),
    onNext() {
      remember();
      setStep(steps[place + 1] ?? 'check');
    },
    onBack: place > 0 ? () => setStep(steps[place - 1] ?? 'welcome') : undefined,
  };
  return (
    <div className="setup">
      <header className="setup-side">
        <div className="brand">
          <Logo size={40} />
          <span className="brand-name">Hearth</span>
        </div>
        <StepList steps={steps} place={isDone ? steps.length : place} />
        <AppearanceChoices />
      </header>
      <main className="setup-main">
        {isDone ? (
          <DoneStep state={state} answers={answers} onDone={onDone} />
        ) : (
          <Step
            {...props}
            step={step}
            onFinished={() => {
              onBegin();
              setDone(true);
            }}
          />
        )}
      </main>
    </div>
  );
}

function Step({ step, onFinished, ...props }: StepProps & { step: StepName; onFinished(): void }) {
  switch (step) {
    case 'welcome':
      return <WelcomeStep {...props} />;
    case 'name':
      return <NameStep {...props} />;
    case 'folder':
      return <FolderStep {...props} />;
    case 'account':
      return <AccountStep {...props} />;
    case 'check':
      return <CheckStep {...props} onFinished={onFinished} />;
  }
}

function StepList({ steps, place }: { steps: readonly StepName[]; place: number }) {
  const text = useText();
  return (
    <nav aria-label={text('setup.steps')}>
      <ol className="step-list">
        {steps.map((step, index) => (
          <li key={step} aria-current={index === place ? 'step' : undefined} data-done={index < place || undefined}>
            <span className="step-number" aria-hidden="true">
              {index < place ? <Check size={14} /> : index + 1}
            </span>
            {text(`setup.step-${step}`)}
            {index < place && <span className="hidden-visually">{text('setup.step-finished')}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
