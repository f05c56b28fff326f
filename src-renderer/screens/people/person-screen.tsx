import { Activity, HardDrive, House, Mail, Monitor, ShieldCheck, User } from 'lucide-react';
import { Link, useParams } from 'wouter';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { Tabs } from '../../components/tabs.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { PersonActivity } from './person-activity.js';
import { PersonAddresses } from './person-addresses.js';
import { PersonDevices } from './person-devices.js';
import { PersonMedia } from './person-media.js';
import { PersonOverview } from './person-overview.js';
import { PersonRooms } from './person-rooms.js';
import { PersonSafety } from './person-safety.js';
import { fromAddress, personPath, shownName } from './shown-name.js';

const VIEWS = [
  { name: 'overview', icon: User, view: PersonOverview },
  { name: 'devices', icon: Monitor, view: PersonDevices },
  { name: 'rooms', icon: House, view: PersonRooms },
  { name: 'media', icon: HardDrive, view: PersonMedia },
  { name: 'addresses', icon: Mail, view: PersonAddresses },
  { name: 'safety', icon: ShieldCheck, view: PersonSafety },
  { name: 'activity', icon: Activity, view: PersonActivity },
] as const;

/** One person: how they are doing here, and what can be done for them. */
export function PersonScreen() {
  const text = useText();
  const { id: part = '', view = 'overview' } = useParams<{ id: string; view?: string }>();
  const id = fromAddress(part);
  const userId = id as PersonDetail['userId'];
  const person = useQuery('people.detail', { userId }, ['people.changed', 'server.changed']);
  const back = (
    <Link href="/people" className="link">
      {text('person.back')}
    </Link>
  );
  if (person.state !== 'ready') {
    return (
      <Page title={id} isName lead={back}>
        {person.state === 'loading' ? <Loading lines={5} /> : <Failure error={person.error} onRetry={person.reload} />}
      </Page>
    );
  }
  const shown = VIEWS.find(({ name }) => name === view) ?? VIEWS[0];
  const path = personPath(person.value);
  const pathOf = (name: string) => (name === 'overview' ? path : `${path}/${name}`);
  const View = shown.view;
  return (
    <Page
      title={shownName(person.value)}
      isName
      lead={
        <>
          <bdi className="breakable" dir="ltr">
            {person.value.userId}
          </bdi>{' '}
          · {back}
        </>
      }
    >
      <Tabs
        label={text('person.views')}
        tabs={VIEWS.map(({ name, icon }) => ({ path: pathOf(name), title: text(`person.view-${name}`), icon }))}
        current={pathOf(shown.name)}
      >
        <View person={person.value} />
      </Tabs>
    </Page>
  );
}
