import { LogOut, Monitor } from 'lucide-react';
import { useState } from 'react';
import type { PersonDetail, PersonDevice } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Dialog } from '../../components/dialog.js';
import { shown } from '../../components/shown.js';
import { Empty, Failure } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useAction } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

/** What somebody is signed in with, where from, and a way to end it. */
export function PersonDevices({ person: { userId, sessions } }: { person: PersonDetail }) {
  const text = useText();
  const now = useNow();
  const [asked, setAsked] = useState<PersonDevice | 'all'>();
  if (sessions.length === 0) return <Empty icon={Monitor} title={text('person.no-devices')} />;
  return (
    <section className="stack" aria-label={text('person.view-devices')}>
      <div className="row">
        <Button icon={LogOut} onClick={() => setAsked('all')}>
          {text('person.sign-out-all')}
        </Button>
      </div>
      <DataTable
        label={text('person.view-devices')}
        columns={columns(text, now, setAsked)}
        rows={sessions}
        keyOf={({ deviceId }) => deviceId}
      />
      <SignOutDialog userId={userId} asked={asked} onClose={() => setAsked(undefined)} />
    </section>
  );
}

const nameOf = ({ name, deviceId }: PersonDevice) => shown(name ?? '') || shown(deviceId);

const columns = (text: Text, now: number, ask: (device: PersonDevice) => void): Column<PersonDevice>[] => [
  {
    key: 'name',
    title: text('person.device'),
    width: '34%',
    cell: (device) => (
      <span className="person-names">
        <bdi className="person-name">{nameOf(device)}</bdi>
        <bdi className="small soft breakable mono" dir="ltr">
          {shown(device.deviceId)}
        </bdi>
      </span>
    ),
  },
  {
    key: 'seen',
    title: text('people.column-seen'),
    cell: ({ lastSeen }) => (lastSeen === undefined ? text('people.never-seen') : text.relative(lastSeen, now)),
  },
  {
    key: 'from',
    title: text('person.from'),
    cell: ({ address, userAgent }) => (
      <span className="person-names">
        <bdi className="mono" dir="ltr">
          {address ?? '–'}
        </bdi>
        <bdi className="small soft breakable" dir="ltr">
          {shown(userAgent ?? '')}
        </bdi>
      </span>
    ),
  },
  {
    key: 'out',
    title: text('people.column-actions'),
    isTitleHidden: true,
    width: '9rem',
    cell: (device) => (
      <Button
        icon={LogOut}
        onClick={() => ask(device)}
        aria-label={text('person.sign-out-of', { name: nameOf(device) })}
      >
        {text('person.sign-out')}
      </Button>
    ),
  },
];

function SignOutDialog({
  userId,
  asked,
  onClose,
}: {
  userId: PersonDetail['userId'];
  asked: PersonDevice | 'all' | undefined;
  onClose(): void;
}) {
  const text = useText();
  const signOut = useAction('people.signOut');
  const run = async () => {
    const device = asked === undefined || asked === 'all' ? {} : { deviceId: asked.deviceId };
    if (await signOut.run({ userId, ...device })) onClose();
  };
  return (
    <Dialog
      title={
        asked === undefined || asked === 'all'
          ? text('person.sign-out-all')
          : text('person.sign-out-of', { name: nameOf(asked) })
      }
      description={text('person.sign-out-text')}
      isOpen={asked !== undefined}
      onClose={onClose}
    >
      <div className="stack">
        {signOut.error && <Failure error={signOut.error} />}
        <div className="row row-end">
          <Button onClick={onClose}>{text('action.cancel')}</Button>
          <Button kind="primary" isBusy={signOut.isBusy} onClick={() => void run()}>
            {text('person.sign-out')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
