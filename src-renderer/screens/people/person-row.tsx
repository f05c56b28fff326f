import { KeyRound, Shield, ShieldOff, UserX } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Person } from '../../../src-main/control/contract.js';
import { Avatar } from '../../components/avatar.js';
import { type MenuEntry, RowMenu } from '../../components/menu.js';
import { Pill } from '../../components/pill.js';
import { useNow } from '../../components/use-now.js';
import { type Text, useText } from '../../text/use-text.js';
import { AdminDialog } from './admin-dialog.js';
import { DeactivateDialog } from './deactivate-dialog.js';
import { ResetPasswordDialog } from './reset-password-dialog.js';
import { shownName } from './shown-name.js';

type Opened = 'reset' | 'admin' | 'deactivate';

/** One person, and what can be done for them. */
export function PersonRow({ person }: { person: Person }) {
  const text = useText();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const menu = useRef<HTMLButtonElement>(null);
  const name = shownName(person);
  const now = useNow();
  return (
    <tr>
      <th scope="row">
        <span className="person">
          <Avatar name={name} />
          <span className="person-names">
            <bdi className="person-name">{name}</bdi>
            <bdi className="small soft breakable" dir="ltr">
              {person.userId}
            </bdi>
          </span>
        </span>
      </th>
      <td data-label={text('people.column-role')}>
        <State person={person} />
      </td>
      <td data-label={text('people.column-seen')}>
        {person.lastSeen === undefined ? text('people.never-seen') : text.relative(person.lastSeen, now)}
      </td>
      <td data-label={text('people.column-devices')}>{text.number(person.devices)}</td>
      <td className="cell-actions">
        {person.state !== 'deactivated' && (
          <RowMenu ref={menu} label={text('people.actions-for', { name })} entries={entries(text, person, setOpened)} />
        )}
        <ResetPasswordDialog person={person} opener={menu} isOpen={opened === 'reset'} onClose={close} />
        <AdminDialog person={person} opener={menu} isOpen={opened === 'admin'} onClose={close} />
        <DeactivateDialog person={person} opener={menu} isOpen={opened === 'deactivate'} onClose={close} />
      </td>
    </tr>
  );
}

function State({ person: { state, isAdmin } }: { person: Person }) {
  const text = useText();
  if (state !== 'active') return <Pill tone="warn">{text(`people.state-${state}`)}</Pill>;
  if (!isAdmin) return text('people.role-person');
  return (
    <Pill tone="info" icon={Shield}>
      {text('people.role-admin')}
    </Pill>
  );
}

const entries = (text: Text, { isAdmin }: Person, open: (what: Opened) => void): MenuEntry[] => [
  { icon: KeyRound, label: text('people.reset'), onSelect: () => open('reset') },
  {
    icon: isAdmin ? ShieldOff : Shield,
    label: text(isAdmin ? 'people.unmake-admin' : 'people.make-admin'),
    onSelect: () => open('admin'),
  },
  { icon: UserX, label: text('people.deactivate'), danger: true, onSelect: () => open('deactivate') },
];
