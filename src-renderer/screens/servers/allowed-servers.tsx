import { Globe, ListChecks } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AllowDialog } from './allow-dialog.js';
import { shownServer } from './server-words.js';

/** Whether all servers are talked to, or only some. @param allowed undefined: all */
export function AllowedServers({ allowed }: { allowed: readonly string[] | undefined }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const allow = useAction('servers.allow');
  return (
    <section className="card stack" aria-labelledby="allowed-servers">
      <h2 id="allowed-servers">{text('allow.heading')}</h2>
      <p>{text(allowed ? 'allow.only' : 'allow.everybody', { count: allowed?.length ?? 0 })}</p>
      {allowed && allowed.length > 0 && (
        <p className="breakable">
          <bdi dir="ltr">{allowed.map(shownServer).join(', ')}</bdi>
        </p>
      )}
      {allow.error && <Failure error={allow.error} />}
      <div className="row">
        <Button ref={opener} icon={ListChecks} onClick={() => setOpen(true)}>
          {text(allowed ? 'allow.change' : 'allow.open')}
        </Button>
        {allowed && (
          <Button icon={Globe} isBusy={allow.isBusy} onClick={() => void allow.run({ names: null })}>
            {text('allow.all')}
          </Button>
        )}
      </div>
      {isOpen && <AllowDialog allowed={allowed ?? []} opener={opener} onClose={() => setOpen(false)} />}
    </section>
  );
}
