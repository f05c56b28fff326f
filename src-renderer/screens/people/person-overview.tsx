import { KeyRound, MessageSquare, Pencil, Shield, ShieldOff } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { useNow } from '../../components/use-now.js';
import { useText } from '../../text/use-text.js';
import { AdminDialog } from './admin-dialog.js';
import { NotifyDialog, RenameDialog } from './person-text-dialogs.js';
import { KeyBackup, PersonState } from './person-row.js';
import { ResetPasswordDialog } from './reset-password-dialog.js';

type Opened = 'rename' | 'reset' | 'admin' | 'notify';

/** Who somebody is, and how to help them. */
export function PersonOverview({ person }: { person: PersonDetail }) {
  const text = useText();
  return (
    <div className="stack">
      <section className="card">
        <h2>{text('person.about')}</h2>
        <Facts person={person} />
        {!person.hasKeyBackup && person.state !== 'deactivated' && (
          <p className="small soft">{text('person.no-backup')}</p>
        )}
      </section>
      {person.state === 'deactivated' ? <PersonGone person={person} /> : <Actions person={person} />}
    </div>
  );
}

/** Says that an account is no more. */
export function PersonGone({ person: { isErased } }: { person: PersonDetail }) {
  const text = useText();
  return (
    <Notice tone="info" title={text('person.gone')}>
      {text(isErased ? 'person.gone-erased' : 'person.gone-text')}
    </Notice>
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
    [text('people.column-backup'), <KeyBackup key="backup" person={person} />],
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
  const open = (what: Opened) => (event: { currentTarget: HTMLButtonElement }) => {
    opener.current = event.currentTarget;
    setOpened(what);
  };
  const { isAdmin, isOnlyAdmin, canNotify } = person;
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
      <RenameDialog person={person} opener={opener} isOpen={opened === 'rename'} onClose={close} />
      <NotifyDialog person={person} opener={opener} isOpen={opened === 'notify'} onClose={close} />
      <ResetPasswordDialog person={person} opener={opener} isOpen={opened === 'reset'} onClose={close} />
      <AdminDialog person={person} opener={opener} isOpen={opened === 'admin'} onClose={close} />
    </>
  );
}
