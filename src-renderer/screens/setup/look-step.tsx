import { AppearanceChoices } from '../../appearance/appearance-choices.js';
import { useText } from '../../text/use-text.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** How the console looks: each choice applies at once. */
export function LookStep({ onNext, onBack }: StepProps) {
  const text = useText();
  return (
    <StepPage
      title={text('setup.look-title')}
      lead={text('setup.look-lead')}
      why={text('setup.look-why')}
      onNext={onNext}
      onBack={onBack}
    >
      <div className="card">
        <AppearanceChoices />
      </div>
    </StepPage>
  );
}
