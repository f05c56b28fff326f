import { Brush, ChartPie, Gauge, Images } from 'lucide-react';
import { useParams } from 'wouter';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
import { useText } from '../../text/use-text.js';
import { CleanUps } from './clean-ups.js';
import { MediaList } from './media-list.js';
import { StorageLimit } from './storage-limit.js';
import { StorageOverview } from './storage-overview.js';

const VIEWS = { 'clean-up': CleanUps, media: MediaList, limit: StorageLimit } as const;

/** What lies on the disk: how much of what, what can be cleared, every file, and how much it may become. */
export function StorageScreen() {
  const text = useText();
  const { view = '' } = useParams<{ view?: string }>();
  const View = Object.hasOwn(VIEWS, view) ? VIEWS[view as keyof typeof VIEWS] : StorageOverview;
  return (
    <Page title={text('storage.title')} lead={text('storage.lead')} wide>
      <Tabs
        label={text('storage.tabs')}
        current={View === StorageOverview ? '/storage' : `/storage/${view}`}
        tabs={[
          { path: '/storage', title: text('storage.tab-overview'), icon: ChartPie },
          { path: '/storage/clean-up', title: text('storage.tab-clean-up'), icon: Brush },
          { path: '/storage/media', title: text('storage.tab-media'), icon: Images },
          { path: '/storage/limit', title: text('storage.tab-limit'), icon: Gauge },
        ]}
      >
        <View />
      </Tabs>
    </Page>
  );
}
