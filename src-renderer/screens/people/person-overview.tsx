import { KeyRound, Lock, LockOpen, MessageSquare, Pause, Pencil, Play, Shield, ShieldOff, UserX } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AdminDialog } from './admin-dialog.js';
import { DeactivateDialog } from './deactivate-dialog.js';
import { NotifyDialog, RenameDialog } from './person-text-dialogs.js';
import { PersonState } from './person-row.js';
import { ResetPasswordDialog } from './reset-password-dialog.js';

type Opened = 'rename' | 'reset' | 'admin' | 'notify' | 'deactivate';

/** Who somebody is, and everything that can be done for them. */
export function PersonOverview({ person }: { person: PersonDetail }) {
  const text = useText();
  return (
    <div className="stack">
      <section className="card">
        <h2>{text('person.about')}</h2>
        <Facts person={person} />
      </section>
      {person.state === 'deactivated' ? (
        <Notice tone="info" title={text('person.gone')}>
          {text(person.isErased ? 'person.gone-erased' : 'person.gone-text')}
        </Notice>
      ) : (
        <Actions person={person} />
      )}
    </div>
  );
}

function Facts({ person }: { person: PersonDetail }) {
  const text = useText();
  const now = useNow();
  const { createdAt, lastSeen, sessions, roomCount, uploads } = person;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [text('people.column-role'), <PersonState key="state" person={person} />],
    [text('person.since'), text.date(createdAt)],
    [text('people.column-seen'), lastSeen === undefined ? text('people.never-seen') : text.relative(lastSeen, now)],
    [text('people.column-devices'), text.number(sessions.length)],
    [text('person.view-rooms'), text.number(roomCount)],
    [text('person.view-media'), text('person.media-sum', { files: uploads.files, size: text.bytes(uploads.bytes) })],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ person }: { person: PersonDetail }) {
  const text = useText();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const opener = useRef<HTMLButtonElement>(null);
  const restrict = useAction('people.restrict');
  const open = (what: Opened) => (event: { currentTarget: HTMLButtonElement }) => {
    opener.current = event.currentTarget;
    setOpened(what);
  };
  const { userId, state, isAdmin, isOnlyAdmin, canNotify } = person;
  const [isLocked, isSuspended] = [state === 'locked', state === 'suspended'];
  return (
    <>
      <section className="card">
        <h2>{text('person.help')}</h2>
        <div className="row">
          <Button icon={Pencil} onClick={open('rename')}>
            {text('person.rename')}
          </Button>
          <Button icon={KeyRound} onClick={open('reset')}>
            {text('people.reset')}
          </Button>
          <Button icon={isAdmin ? ShieldOff : Shield} onClick={open('admin')}>
            {text(isAdmin ? 'people.unmake-admin' : 'people.make-admin')}
          </Button>
          {canNotify && (
            <Button icon={MessageSquare} onClick={open('notify')}>
              {text('person.notify')}
            </Button>
          )}
        </div>
        {isOnlyAdmin && <p className="soft">{text('person.only-admin')}</p>}
      </section>
      <section className="card">
        <h2>{text('person.safety')}</h2>
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
          <Button kind="danger" icon={UserX} onClick={open('deactivate')}>
            {text('people.deactivate')}
          </Button>
        </div>
        {restrict.error && <Failure error={restrict.error} />}
      </section>
      <RenameDialog person={person} opener={opener} isOpen={opened === 'rename'} onClose={close} />
      <NotifyDialog person={person} opener={opener} isOpen={opened === 'notify'} onClose={close} />
      <ResetPasswordDialog person={person} opener={opener} isOpen={opened === 'reset'} onClose={close} />
      <AdminDialog person={person} opener={opener} isOpen={opened === 'admin'} onClose={close} />
      <DeactivateDialog person={person} opener={opener} isOpen={opened === 'deactivate'} onClose={close} />
    </>
  );
}
