import { ArrowRight } from 'lucide-react';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';

/** On every screen while pages of the wizard are left. */
export function SetupBand({ onGoOn }: { onGoOn(): void }) {
  const text = useText();
  return (
    <div className="setup-band">
      <Notice
        tone="info"
        title={text('setup.unfinished')}
        actions={
          <Button icon={ArrowRight} iconAfter onClick={onGoOn}>
            {text('setup.go-on')}
          </Button>
        }
      >
        {text('setup.unfinished-text')}
      </Notice>
    </div>
  );
}
