import {
  BellRing,
  Gauge,
  Info,
  Languages,
  type LucideIcon,
  Power,
  ShieldCheck,
  SlidersHorizontal,
  Wrench,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { useParams } from 'wouter';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
import { type TextKey, useText } from '../../text/use-text.js';
import { AboutTab } from './about-tab.js';
import { AdvancedTab } from './advanced-tab.js';
import { AppearanceTab } from './appearance-tab.js';
import { GeneralTab } from './general-tab.js';
import { LimitsTab } from './limits-tab.js';
import { NoticesTab } from './notices-tab.js';
import { PrivacyTab } from './privacy-tab.js';
import { StartTab } from './start-tab.js';

interface View {
  readonly name: string;
  readonly title: TextKey;
  readonly icon: LucideIcon;
  readonly view: ComponentType;
}

const GENERAL: View = { name: '', title: 'settings.tab-general', icon: SlidersHorizontal, view: GeneralTab };
const VIEWS: readonly View[] = [
  GENERAL,
  { name: 'start', title: 'settings.tab-start', icon: Power, view: StartTab },
  { name: 'notices', title: 'settings.tab-notices', icon: BellRing, view: NoticesTab },
  { name: 'limits', title: 'settings.tab-limits', icon: Gauge, view: LimitsTab },
  { name: 'privacy', title: 'settings.tab-privacy', icon: ShieldCheck, view: PrivacyTab },
  { name: 'appearance', title: 'settings.tab-appearance', icon: Languages, view: AppearanceTab },
  { name: 'advanced', title: 'settings.tab-advanced', icon: Wrench, view: AdvancedTab },
  { name: 'about', title: 'settings.about', icon: Info, view: AboutTab },
];
const pathOf = (name: string) => (name === '' ? '/settings' : `/settings/${name}`);

/** What can be decided about the server and about the console. */
export function SettingsScreen() {
  const text = useText();
  const { tab = '' } = useParams<{ tab?: string }>();
  const shown = VIEWS.find(({ name }) => name === tab) ?? GENERAL;
  const View = shown.view;
  return (
    <Page title={text('settings.title')}>
      <Tabs
        label={text('settings.tabs')}
        tabs={VIEWS.map(({ name, title, icon }) => ({ path: pathOf(name), title: text(title), icon }))}
        current={pathOf(shown.name)}
      >
        <View />
      </Tabs>
    </Page>
  );
}
