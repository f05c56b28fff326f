import { ArrowLeft } from 'lucide-react';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { Snippet } from '../../components/snippet.js';
import { useText } from '../../text/use-text.js';

const COMMANDS = {
  restore: 'hearth restore-key smith-family.org.recovery.json --replace --config homeserver.yaml',
  import: 'hearth serve --config /etc/matrix-synapse/homeserver.yaml',
} as const;

/** What the wizard cannot do yet, and what can be done about it today. */
export function NotYetStep({ what, onBack }: { what: 'restore' | 'import'; onBack(): void }) {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <div className="step">
      <h1 ref={heading} tabIndex={-1}>
        {text(`setup.purpose-${what}`)}
      </h1>
      <Notice tone="info" title={text('setup.not-yet')}>
        {text(`setup.not-yet-${what}`)}
      </Notice>
      <section className="stack">
        <h2>{text('setup.today')}</h2>
        <ul className="bullets">
          <li>{text(`setup.today-${what}-1`)}</li>
          <li>{text(`setup.today-${what}-2`)}</li>
        </ul>
        <Snippet label={text('tunnel.run')} text={COMMANDS[what]} />
      </section>
      <div className="row spread step-buttons">
        <Button icon={ArrowLeft} onClick={onBack}>
          {text('action.back')}
        </Button>
      </div>
    </div>
  );
}
