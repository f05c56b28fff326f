import { Lock, LockOpen, Pause, Play, UserX } from 'lucide-react';
import { useRef, useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DeactivateDialog } from './deactivate-dialog.js';
import { ErasureCard, isErasing, useErasures } from './erasure-card.js';
import { PersonLimitForm } from './person-limit.js';
import { PersonGone } from './person-overview.js';

/** What keeps somebody from doing harm, or ends their account. */
export function PersonSafety({ person }: { person: PersonDetail }) {
  const erasures = useErasures(person.userId);
  const isGone = person.state === 'deactivated';
  return (
    <div className="stack">
      {isGone && <PersonGone person={person} />}
      {!isGone && !isErasing(erasures) && (
        <>
          <Restrictions person={person} />
          <PersonLimitForm key={JSON.stringify(person.limit)} person={person} />
          <Ending person={person} />
        </>
      )}
      <ErasureCard person={person} erasures={erasures} />
    </div>
  );
}

function Restrictions({ person: { userId, state } }: { person: PersonDetail }) {
  const text = useText();
  const restrict = useAction('people.restrict');
  const [isLocked, isSuspended] = [state === 'locked', state === 'suspended'];
  return (
    <section className="card">
      <h2>{text('person.restrict')}</h2>
      <p className="soft">{text('person.suspend-text')}</p>
      <p className="soft">{text('person.lock-text')}</p>
      <div className="row">
        <Button
          icon={isSuspended ? Play : Pause}
          isBusy={restrict.isBusy}
          onClick={() => void restrict.run({ userId, restriction: 'suspended', on: !isSuspended })}
        >
          {text(isSuspended ? 'person.unsuspend' : 'person.suspend')}
        </Button>
        <Button
          icon={isLocked ? LockOpen : Lock}
          isBusy={restrict.isBusy}
          onClick={() => void restrict.run({ userId, restriction: 'locked', on: !isLocked })}
        >
          {text(isLocked ? 'person.unlock' : 'person.lock')}
        </Button>
      </div>
      {restrict.error && <Failure error={restrict.error} />}
    </section>
  );
}

function Ending({ person }: { person: PersonDetail }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <section className="card">
      <h2>{text('person.ending')}</h2>
      <p className="soft">{text('person.deactivate-short')}</p>
      <div className="row">
        <Button ref={opener} kind="danger" icon={UserX} onClick={() => setOpen(true)}>
          {text('people.deactivate')}
        </Button>
      </div>
      <DeactivateDialog person={person} opener={opener} isOpen={isOpen} onClose={() => setOpen(false)} />
    </section>
  );
}
