import { FlaskConical, House } from 'lucide-react';
import { useState } from 'react';
import { ChoiceCards } from '../../components/choice-cards.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** What is this server to be: something to try, or the family's own? */
export function WelcomeStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const [isAsked, setAsked] = useState(false);
  return (
    <StepPage
      title={text('setup.welcome-title')}
      lead={text('setup.welcome-lead')}
      onNext={() => (answers.mode ? onNext() : setAsked(true))}
      onBack={onBack}
    >
      <ChoiceCards
        legend={text('setup.welcome-question')}
        hideLegend
        value={answers.mode}
        onChange={(mode) => change({ mode })}
        choices={[
          { value: 'home', icon: House, title: text('setup.mode-home'), text: text('setup.mode-home-text') },
          { value: 'try', icon: FlaskConical, title: text('setup.mode-try'), text: text('setup.mode-try-text') },
        ]}
      />
      {isAsked && !answers.mode && <Notice tone="bad" title={text('setup.welcome-choose')} />}
    </StepPage>
  );
}
