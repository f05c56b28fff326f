import { useState } from 'react';
import { Notice } from '../../components/notice.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { KitPanel } from '../connection/kit-panel.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** The recovery kit: without it nobody can bring the server back under its name. */
export function KitStep({ onNext, onBack }: StepProps) {
  const text = useText();
  const kit = useQuery('kit.state', undefined, ['address.changed']);
  const [isMissed, setMissed] = useState(false);
  const isSaved = kit.state === 'ready' && kit.value.savedAt !== undefined;
  return (
    <StepPage
      title={text('kit.title')}
      lead={text('kit.text')}
      why={text('kit.why')}
      onNext={() => (isSaved ? onNext() : setMissed(true))}
      onBack={onBack}
    >
      <h2 className="hidden-visually">{text('kit.title')}</h2>
      <KitPanel />
      {isMissed && !isSaved && <Notice tone="bad" title={text('kit.missed')} />}
    </StepPage>
  );
}
