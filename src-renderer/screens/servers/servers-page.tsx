import { ArrowLeftRight, Ban, Clock3, Globe, Radar } from 'lucide-react';
import type { ReactNode } from 'react';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
import { useText } from '../../text/use-text.js';

/** No server can be called `-`: its places are ours. */
export const SERVER_PLACES = {
  list: '/servers',
  reach: '/servers/-/reach',
  traffic: '/servers/-/traffic',
  late: '/servers/-/late',
  blocks: '/servers/-/blocks',
} as const;

/** One of the views of other servers, below their tabs. */
export function ServersPage({ current, children }: { current: keyof typeof SERVER_PLACES; children: ReactNode }) {
  const text = useText();
  return (
    <Page title={text('servers.title')} lead={text('servers.lead')} wide>
      <Tabs
        label={text('servers.tabs')}
        tabs={[
          { path: SERVER_PLACES.list, title: text('servers.list'), icon: Globe },
          { path: SERVER_PLACES.reach, title: text('reach.title'), icon: Radar },
          { path: SERVER_PLACES.traffic, title: text('traffic.title'), icon: ArrowLeftRight },
          { path: SERVER_PLACES.late, title: text('late.title'), icon: Clock3 },
          { path: SERVER_PLACES.blocks, title: text('blocks.title'), icon: Ban },
        ]}
        current={SERVER_PLACES[current]}
      >
        {children}
      </Tabs>
    </Page>
  );
}
