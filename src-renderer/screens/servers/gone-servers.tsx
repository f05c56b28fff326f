import { Brush } from 'lucide-react';
import { useRef, useState } from 'react';
import type { GoneServer, TidiedServers } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { TidyDialog } from './tidy-dialog.js';

const useGone = (): readonly GoneServer[] => {
  const found = useQuery('servers.gone', undefined, ['servers.changed', 'server.changed']);
  return found.state === 'ready' ? found.value : [];
};

/** Says that there are servers which are gone, and offers to tidy up after them. */
export function GoneServersNotice() {
  const text = useText();
  const gone = useGone();
  const [done, setDone] = useState<TidiedServers>();
  if (!done && gone.length === 0) return null;
  return (
    <div className="gone-servers">
      <div role="status">{done && <Notice tone="good">{doneText(text, done)}</Notice>}</div>
      {gone.length > 0 && (
        <Notice
          tone="info"
          title={text('tidy.title', { count: gone.length })}
          actions={<Tidy servers={gone} onDone={setDone} />}
        >
          {text('tidy.text')}
        </Notice>
      )}
    </div>
  );
}

/** The same for one server, where it is gone. */
export function TidyOne({ serverName }: { serverName: string }) {
  const text = useText();
  const gone = useGone().filter((each) => each.serverName === serverName);
  const [done, setDone] = useState<TidiedServers>();
  return (
    <>
      {gone.length > 0 && <Tidy servers={gone} onDone={setDone} />}
      {done && <span role="status">{doneText(text, done)}</span>}
    </>
  );
}

function Tidy({ servers, onDone }: { servers: readonly GoneServer[]; onDone(done: TidiedServers): void }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button ref={opener} icon={Brush} onClick={() => setOpen(true)}>
        {text('tidy.open')}
      </Button>
      {isOpen && <TidyDialog servers={servers} opener={opener} onDone={onDone} onClose={() => setOpen(false)} />}
    </>
  );
}

const doneText = (text: ReturnType<typeof useText>, { rooms }: TidiedServers): string =>
  rooms === 0 ? text('tidy.done') : text('tidy.done-rooms', { count: rooms });
