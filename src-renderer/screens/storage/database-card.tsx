import { Minimize2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { DatabaseRoom, DatabaseShrinking } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Meter } from '../../components/meter.js';
import { Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

const LOOK = 1_500;

/** How much the database takes, how much of that is empty, and how it gets smaller. */
export function DatabaseCard() {
  const text = useText();
  const room = useQuery('storage.database', undefined, ['storage.changed', 'server.changed'], LOOK);
  return (
    <section className="card clean" aria-labelledby="database-title">
      <h2 id="database-title">{text('database.title')}</h2>
      {room.state === 'loading' && <Loading lines={2} />}
      {room.state === 'failed' && <Failure error={room.error} onRetry={room.reload} />}
      {room.state === 'ready' && <Room room={room.value} />}
    </section>
  );
}

function Room({ room: { bytes, file, shrinking } }: { room: DatabaseRoom }) {
  const text = useText();
  const size = text.bytes(bytes);
  if (!file) {
    return (
      <>
        <strong>{text('database.plain', { size })}</strong>
        <p className="soft">{text('database.server')}</p>
      </>
    );
  }
  return (
    <>
      <strong>{text('database.size', { size, free: text.bytes(file.free) })}</strong>
      <p className="soft">{text(file.givesBack ? 'database.gives-back' : 'database.once')}</p>
      {shrinking?.state === 'running' ? <Running shrinking={shrinking} /> : <Shrink file={file} />}
      <p role="status" className="small">
        {shrinking && outcome(text, shrinking)}
      </p>
    </>
  );
}

function Running({ shrinking: { written, expected } }: { shrinking: DatabaseShrinking }) {
  const text = useText();
  const cancel = useAction('storage.cancelShrink');
  const words = text('database.progress', { written: text.bytes(written), expected: text.bytes(expected) });
  return (
    <div className="stack-tight" role="group" aria-label={text('database.running')}>
      <p>{text('database.running')}</p>
      <Meter value={written} most={expected} label={words} tone="plain" />
      <p className="small soft">{words}</p>
      <div>
        <Button isBusy={cancel.isBusy} onClick={() => void cancel.run(undefined)}>
          {text('database.cancel')}
        </Button>
      </div>
      {cancel.error && <Failure error={cancel.error} />}
    </div>
  );
}

function Shrink({ file: { free, needed } }: { file: NonNullable<DatabaseRoom['file']> }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const shrink = useAction('storage.shrink');
  return (
    <div className="row">
      <Button ref={opener} icon={Minimize2} onClick={() => setOpen(true)}>
        {text('database.shrink')}
      </Button>
      <TypedConfirm
        title={text('database.ask')}
        description={text('database.ask-text')}
        preview={text('database.preview', { free: text.bytes(free), needed: text.bytes(needed) })}
        untouched={text('database.untouched')}
        wanted={undefined}
        confirm={text('database.run')}
        isBusy={shrink.isBusy}
        error={shrink.error}
        onConfirm={async () => (await shrink.run(undefined)) !== undefined}
        opener={opener}
        isOpen={isOpen}
        onClose={() => {
          shrink.forget();
          setOpen(false);
        }}
      />
    </div>
  );
}

/** How it ended; nothing while it lasts. */
function outcome(text: Text, { state, before, after = before, why = 'error' }: DatabaseShrinking): string {
  if (state === 'done') return text('database.done', { before: text.bytes(before), after: text.bytes(after) });
  if (state === 'cancelled') return text('database.cancelled');
  return state === 'failed' ? text(`database.failed-${why}`) : '';
}
