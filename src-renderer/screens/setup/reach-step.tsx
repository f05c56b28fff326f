import { useState } from 'react';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';
import { WayCards } from '../connection/way-cards.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** Who should be able to reach the server? */
export function ReachStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const [isAsked, setAsked] = useState(false);
  return (
    <StepPage
      title={text('ways.question')}
      lead={text('setup.reach-lead')}
      why={text('setup.reach-why')}
      onNext={() => (answers.way ? onNext() : setAsked(true))}
      onBack={onBack}
    >
      <WayCards value={answers.way} onChange={(way) => change({ way })} />
      {isAsked && !answers.way && <Notice tone="bad" title={text('setup.reach-choose')} />}
    </StepPage>
  );
}
