import { Snippet } from '../../components/snippet.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { StartAndSleep } from '../settings/desktop-settings.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** A server is there for others only while the computer is: what helps with that, with a display and without. */
export function RunningStep({ onNext, onBack }: StepProps) {
  const text = useText();
  const { isDesktop } = useControl();
  return (
    <StepPage
      title={text('running.title')}
      lead={text('running.lead')}
      why={text('running.why')}
      onNext={onNext}
      onBack={onBack}
    >
      {isDesktop ? (
        <section className="stack">
          <p>{text('running.desktop')}</p>
          <div className="card">
            <StartAndSleep />
          </div>
        </section>
      ) : (
        <section className="stack">
          <p>{text('running.service')}</p>
          <Snippet label={text('tunnel.run')} text="hearth install-service" />
          <p className="small soft">{text('running.service-text')}</p>
        </section>
      )}
      <ul className="bullets">
        <li>{text('running.sleep')}</li>
        <li>{text('running.lid')}</li>
        <li>{text('running.cable')}</li>
      </ul>
    </StepPage>
  );
}
