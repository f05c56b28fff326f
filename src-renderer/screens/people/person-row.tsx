import { Eraser, KeyRound, Shield, ShieldOff, User, UserX } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Person } from '../../../src-main/control/contract.js';
import { Avatar } from '../../components/avatar.js';
import { type MenuEntry, RowMenu } from '../../components/menu.js';
import { Pill } from '../../components/pill.js';
import { useNow } from '../../components/use-now.js';
import { type Text, useText } from '../../text/use-text.js';
import { AdminDialog } from './admin-dialog.js';
import { DeactivateDialog } from './deactivate-dialog.js';
import { ErasePersonDialog } from './erase-person-dialog.js';
import { ResetPasswordDialog } from './reset-password-dialog.js';
import { personPath, shownName } from './shown-name.js';

type Opened = 'reset' | 'admin' | 'deactivate' | 'erase';

/** Who somebody is. */
export function PersonName({ person }: { person: Person }) {
  const name = shownName(person);
  return (
    <span className="person">
      <Avatar name={name} />
      <span className="person-names">
        <Link href={personPath(person)} className="person-name link">
          <bdi>{name}</bdi>
        </Link>
        <bdi className="small soft breakable" dir="ltr">
          {person.userId}
        </bdi>
      </span>
    </span>
  );
}

export function PersonSeen({ person: { lastSeen } }: { person: Person }) {
  const text = useText();
  const now = useNow();
  return lastSeen === undefined ? text('people.never-seen') : text.relative(lastSeen, now);
}

/** Whether they can still read what was encrypted when their last device is lost. */
export function KeyBackup({ person: { hasKeyBackup, state } }: { person: Person }) {
  const text = useText();
  if (state === 'deactivated') return '–';
  if (hasKeyBackup) return text('people.backup-yes');
  return (
    <Pill tone="warn" icon={KeyRound}>
      {text('people.backup-no')}
    </Pill>
  );
}

/** How many devices there are, and whether what they encrypt outlives them. */
export function PersonDevicesAndBackup({ person: { devices, hasKeyBackup, state } }: { person: Person }) {
  const text = useText();
  return (
    <>
      <p>{text.number(devices)}</p>
      {state !== 'deactivated' && (
        <p className="small soft">{text(hasKeyBackup ? 'people.with-backup' : 'people.without-backup')}</p>
      )}
    </>
  );
}

/** What can be done for somebody. */
export function PersonActions({ person }: { person: Person }) {
  const text = useText();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const menu = useRef<HTMLButtonElement>(null);
  const [, go] = useLocation();
  const label = text('people.actions-for', { name: shownName(person) });
  return (
    <>
      {person.state !== 'deactivated' && (
        <RowMenu ref={menu} label={label} entries={entries(text, person, setOpened, () => go(personPath(person)))} />
      )}
      {opened === 'reset' && <ResetPasswordDialog person={person} opener={menu} isOpen onClose={close} />}
      {opened === 'admin' && <AdminDialog person={person} opener={menu} isOpen onClose={close} />}
      <DeactivateDialog person={person} opener={menu} isOpen={opened === 'deactivate'} onClose={close} />
      <ErasePersonDialog person={person} opener={menu} isOpen={opened === 'erase'} onClose={close} />
    </>
  );
}

/** Somebody's role, or what keeps them from it. */
export function PersonState({ person: { state, isAdmin } }: { person: Person }) {
  const text = useText();
  if (state !== 'active') return <Pill tone="warn">{text(`people.state-${state}`)}</Pill>;
  if (!isAdmin) return text('people.role-person');
  return (
    <Pill tone="info" icon={Shield}>
      {text('people.role-admin')}
    </Pill>
  );
}

const entries = (text: Text, { isAdmin }: Person, open: (what: Opened) => void, look: () => void): MenuEntry[] => [
  { icon: User, label: text('person.look'), onSelect: look },
  { icon: KeyRound, label: text('people.reset'), onSelect: () => open('reset') },
  {
    icon: isAdmin ? ShieldOff : Shield,
    label: text(isAdmin ? 'people.unmake-admin' : 'people.make-admin'),
    onSelect: () => open('admin'),
  },
  { icon: UserX, label: text('people.deactivate'), danger: true, onSelect: () => open('deactivate') },
  { icon: Eraser, label: text('erasure.open'), danger: true, onSelect: () => open('erase') },
];
