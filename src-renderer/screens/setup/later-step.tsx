import { ArrowRight } from 'lucide-react';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useText } from '../../text/use-text.js';

/** The answers are kept; nothing was made and nothing listens yet. */
export function LaterStep({ onGoOn }: { onGoOn(): void }) {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <div className="step">
      <h1 ref={heading} tabIndex={-1}>
        {text('setup.later-title')}
      </h1>
      <Notice tone="good">{text('setup.later-text')}</Notice>
      <div className="row">
        <Button kind="primary" icon={ArrowRight} iconAfter onClick={onGoOn}>
          {text('setup.go-on')}
        </Button>
      </div>
    </div>
  );
}
