import { ArrowRightLeft, FlaskConical, House, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { ChoiceCards } from '../../components/choice-cards.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';
import type { StepProps } from './answers.js';
import { NotYetStep } from './not-yet-step.js';
import { StepPage } from './step-page.js';

/** What is this server to be: the family's own, something to try, or one that was there before? */
export function WelcomeStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const [isAsked, setAsked] = useState(false);
  const [notYet, setNotYet] = useState<'restore' | 'import'>();
  const { purpose } = answers;
  if (notYet) return <NotYetStep what={notYet} onBack={() => setNotYet(undefined)} />;
  const next = () => {
    if (purpose === undefined) setAsked(true);
    else if (purpose === 'restore' || purpose === 'import') setNotYet(purpose);
    else onNext();
  };
  return (
    <StepPage title={text('setup.welcome-title')} lead={text('setup.welcome-lead')} onNext={next} onBack={onBack}>
      <ChoiceCards
        legend={text('setup.welcome-question')}
        hideLegend
        value={purpose}
        onChange={(chosen) => change({ purpose: chosen })}
        choices={[
          { value: 'new', icon: House, title: text('setup.purpose-new'), text: text('setup.purpose-new-text') },
          { value: 'try', icon: FlaskConical, title: text('setup.mode-try'), text: text('setup.mode-try-text') },
          {
            value: 'restore',
            icon: RotateCcw,
            title: text('setup.purpose-restore'),
            text: text('setup.purpose-restore-text'),
          },
          {
            value: 'import',
            icon: ArrowRightLeft,
            title: text('setup.purpose-import'),
            text: text('setup.purpose-import-text'),
          },
        ]}
      />
      {isAsked && purpose === undefined && <Notice tone="bad" title={text('setup.welcome-choose')} />}
    </StepPage>
  );
}
