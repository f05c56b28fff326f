import { Compass, KeyRound, Network, PhoneCall, ShieldCheck, Shuffle } from 'lucide-react';
import { useParams } from 'wouter';
import type { ConnectionState } from '../../../src-main/control/contract.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { Tabs } from '../../components/tabs.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AddressTab } from './address-tab.js';
import { CallsTab } from './calls-tab.js';
import { CertificateTab } from './certificate-tab.js';
import { ChangeTab } from './change-tab.js';
import { KitPanel } from './kit-panel.js';
import { RestartNotice } from './restart-notice.js';
import { WayTab } from './way-tab.js';

const TABS = [
  { name: 'address', path: '/connection', icon: Compass },
  { name: 'certificate', path: '/connection/certificate', icon: ShieldCheck },
  { name: 'dns', path: '/connection/dns', icon: Network },
  { name: 'change', path: '/connection/change', icon: Shuffle },
  { name: 'calls', path: '/connection/calls', icon: PhoneCall },
  { name: 'recovery', path: '/connection/recovery', icon: KeyRound },
] as const;

type TabName = (typeof TABS)[number]['name'];

/** The server's name, what leads to it, and what proves that it is it. */
export function ConnectionScreen() {
  const text = useText();
  const { tab = 'address' } = useParams<{ tab?: string }>();
  const here = TABS.find(({ name }) => name === tab) ?? TABS[0];
  return (
    <Page title={text('connection.title')} lead={text('connection.lead')}>
      <Tabs
        label={text('connection.title')}
        current={here.path}
        tabs={TABS.map(({ name, path, icon }) => ({ path, icon, title: text(`connection.tab-${name}`) }))}
      >
        <TabBody tab={here.name} />
      </Tabs>
    </Page>
  );
}

function TabBody({ tab }: { tab: TabName }) {
  const state = useQuery('connection.state', undefined, ['address.changed', 'server.changed', 'setup.changed']);
  if (state.state === 'loading') return <Loading lines={5} />;
  if (state.state === 'failed') return <Failure error={state.error} onRetry={state.reload} />;
  return (
    <div className="stack">
      {state.value.needsRestart && <RestartNotice />}
      <Tab tab={tab} state={state.value} />
    </div>
  );
}

function Tab({ tab, state }: { tab: TabName; state: ConnectionState }) {
  const text = useText();
  switch (tab) {
    case 'address':
      return <AddressTab state={state} />;
    case 'certificate':
      return <CertificateTab state={state} />;
    case 'dns':
      return <WayTab state={state} />;
    case 'change':
      return <ChangeTab state={state} />;
    case 'calls':
      return <CallsTab state={state} />;
    case 'recovery':
      return (
        <section className="card">
          <h2>{text('kit.title')}</h2>
          <p className="soft">{text('kit.text')}</p>
          <KitPanel />
        </section>
      );
  }
}
