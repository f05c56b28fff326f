import { CircleCheck, CircleX, Eraser, LoaderCircle, Square } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Person, PersonErasure } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Meter } from '../../components/meter.js';
import { Pill } from '../../components/pill.js';
import { Details, Failure, Loading } from '../../components/states.js';
import { type Query, useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { ErasePersonDialog } from './erase-person-dialog.js';
import { shownName } from './shown-name.js';

/** Looked at so often (ms) while one is under way. */
export const ERASURE_LOOK = 1_000;

type Erasures = Query<readonly PersonErasure[]>;

/** Whether somebody is being erased, or was: the newest first. */
export const useErasures = (userId: Person['userId']): Erasures =>
  useQuery('people.erasures', { userId }, ['people.changed', 'server.changed'], ERASURE_LOOK);

const isUnderWay = (erasure: PersonErasure | undefined): boolean =>
  erasure !== undefined && erasure.endedAt === undefined;

export const isErasing = (found: Erasures): boolean => found.state === 'ready' && isUnderWay(found.value[0]);

/** Erases somebody with everything: the way to begin, how far it is, and what came of it. */
export function ErasureCard({ person, erasures: found }: { person: Person; erasures: Erasures }) {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('erasure.title')}</h2>
      <p className="soft">{text('erasure.text')}</p>
      {found.state === 'loading' && <Loading lines={1} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && <Standing person={person} erasure={found.value[0]} />}
    </section>
  );
}

function Standing({ person, erasure }: { person: Person; erasure: PersonErasure | undefined }) {
  const isRunning = isUnderWay(erasure);
  return (
    <>
      {erasure && (isRunning ? <Running person={person} erasure={erasure} /> : <Outcome erasure={erasure} />)}
      {!isRunning && erasure?.state !== 'done' && <Begin person={person} />}
    </>
  );
}

function Begin({ person }: { person: Person }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <div className="row">
      <Button ref={opener} kind="danger" icon={Eraser} onClick={() => setOpen(true)}>
        {text('erasure.open')}
      </Button>
      <ErasePersonDialog person={person} opener={opener} isOpen={isOpen} onClose={() => setOpen(false)} />
    </div>
  );
}

function Running({ person, erasure }: { person: Person; erasure: PersonErasure }) {
  const text = useText();
  const stop = useAction('people.cancelErasure');
  const [isLate, setLate] = useState(false);
  const run = async () => {
    const done = await stop.run({ id: erasure.id });
    if (done) setLate(!done.value);
  };
  return (
    <div className="stack">
      <ErasureProgress erasure={erasure} />
      <p className="small soft">{text('erasure.meanwhile')}</p>
      {isLate && <p role="status">{text('erasure.too-late')}</p>}
      {stop.error && <Failure error={stop.error} />}
      <div className="row">
        <Button
          icon={Square}
          isBusy={stop.isBusy}
          disabled={erasure.state === 'closing'}
          aria-label={text('erasure.stop-what', { name: shownName(person) })}
          onClick={() => void run()}
        >
          {text('erasure.stop')}
        </Button>
      </div>
    </div>
  );
}

/** How far it is; told aloud at each tenth. */
export function ErasureProgress({ erasure: { state, done, kept, total } }: { erasure: PersonErasure }) {
  const text = useText();
  const dealt = done + kept;
  const most = Math.max(dealt, total);
  const progress = text('erasure.progress', { done: dealt, total: most });
  const percent = most === 0 ? 100 : Math.floor((dealt / most) * 10) * 10;
  return (
    <div className="stack-tight">
      <Pill tone="info" icon={LoaderCircle}>
        {text(`erasure.state-${state}`)}
      </Pill>
      {state === 'redacting' && (
        <>
          <Meter value={dealt} most={most} label={progress} tone="plain" />
          <p className="small soft">{progress}</p>
          <span className="hidden-visually" role="status">
            {text('erasure.progress-spoken', { percent })}
          </span>
        </>
      )}
    </div>
  );
}

const OUTCOMES = {
  done: { tone: 'good', icon: CircleCheck },
  failed: { tone: 'bad', icon: CircleX },
  cancelled: { tone: 'warn', icon: CircleX },
} as const;

function Outcome({ erasure }: { erasure: PersonErasure }) {
  const text = useText();
  const { state, done, kept, files, bytes, endedAt = 0, error } = erasure;
  const look = state in OUTCOMES ? OUTCOMES[state as keyof typeof OUTCOMES] : OUTCOMES.failed;
  return (
    <div className="stack-tight">
      <Pill {...look}>{text(`erasure.state-${state}`)}</Pill>
      <p>{text('erasure.result', { messages: done, files, size: text.bytes(bytes), date: text.dateTime(endedAt) })}</p>
      {kept > 0 && <p>{text('erasure.kept', { count: kept })}</p>}
      {state === 'failed' && <p>{text('erasure.failed')}</p>}
      {error !== undefined && <Details>{error}</Details>}
    </div>
  );
}
