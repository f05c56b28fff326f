import { Bug } from 'lucide-react';
import type { LogPage } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { useNow } from '../../components/use-now.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Every detail of the part that is looked at, for a quarter of an hour; it ends by itself. */
export function DebugParts({ debugged, part }: { debugged: LogPage['debugged']; part: string }) {
  const text = useText();
  const now = useNow();
  const debug = useAction('logs.debug');
  const on = debugged.filter(({ until }) => until > now);
  const isOn = on.some((each) => each.part === part);
  return (
    <>
      {part !== '' && !isOn && (
        <Button icon={Bug} isBusy={debug.isBusy} onClick={() => void debug.run({ part, on: true })}>
          {text('logs.debug')}
        </Button>
      )}
      {on.map(({ part: name, until }) => (
        <span key={name} className="log-about">
          {text('logs.debugging', { when: text.relative(until, now) })} <bdi className="mono">{name}</bdi>
          <Button kind="quiet" onClick={() => void debug.run({ part: name, on: false })}>
            {text('logs.debug-end')}
          </Button>
        </span>
      ))}
    </>
  );
}
