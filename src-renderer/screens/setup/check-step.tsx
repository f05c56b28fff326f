import { Check, LoaderCircle } from 'lucide-react';
import type { SetupStep } from '../../../src-main/control/contract.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { chosenName, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

const WORK: readonly SetupStep[] = ['configuration', 'database', 'administrator', 'listeners'];

/** All answers once more, then the work, each part of it as it is done. */
export function CheckStep({ state, answers, onBack, onFinished }: StepProps & { onFinished(): void }) {
  const text = useText();
  const finish = useAction('setup.finish');
  const start = async () => {
    const { mode = 'home', folder, acceptsPrivateName, localpart, password } = answers;
    const serverName = chosenName(answers, state);
    const admin = { localpart, password };
    if (await finish.run({ mode, folder, serverName, acceptsPrivateName, admin })) onFinished();
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
      <dl className="facts">
        <Fact
          name={text('setup.check-reach')}
          value={text(answers.mode === 'try' ? 'setup.mode-try' : 'setup.mode-home')}
        />
        <Fact name={text('setup.check-name')} value={chosenName(answers, state)} isCode />
        <Fact name={text('setup.check-folder')} value={answers.folder} isCode />
        <Fact name={text('setup.check-admin')} value={`@${answers.localpart}:${chosenName(answers, state)}`} isCode />
      </dl>
      {finish.isBusy && <Work step={state.step} />}
      {finish.error && <Failure error={finish.error} />}
    </StepPage>
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
