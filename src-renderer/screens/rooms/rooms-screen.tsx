import { Ban, History, MessagesSquare, Network } from 'lucide-react';
import { useParams } from 'wouter';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
import { useText } from '../../text/use-text.js';
import { BlockedList } from './blocked-list.js';
import { RemovalList } from './removal-list.js';
import { RoomList } from './room-list.js';
import { SpaceTree } from './space-tree.js';

const VIEWS = { spaces: SpaceTree, blocked: BlockedList, removals: RemovalList } as const;

/** What is on the server: rooms, the spaces that they lie in, which are blocked, and what was removed. */
export function RoomsScreen() {
  const text = useText();
  const { view = '' } = useParams<{ view?: string }>();
  const View = Object.hasOwn(VIEWS, view) ? VIEWS[view as keyof typeof VIEWS] : RoomList;
  const current = View === RoomList ? '/rooms' : `/rooms/-/${view}`;
  return (
    <Page title={text('rooms.title')} lead={text('rooms.lead')} wide>
      <Tabs
        label={text('rooms.tabs')}
        current={current}
        tabs={[
          { path: '/rooms', title: text('rooms.tab-rooms'), icon: MessagesSquare },
          { path: '/rooms/-/spaces', title: text('rooms.tab-spaces'), icon: Network },
          { path: '/rooms/-/blocked', title: text('rooms.tab-blocked'), icon: Ban },
          { path: '/rooms/-/removals', title: text('rooms.tab-removals'), icon: History },
        ]}
      >
        <View />
      </Tabs>
    </Page>
  );
}
