import { FileClock, Group, LifeBuoy, ScrollText } from 'lucide-react';
import { useParams } from 'wouter';
import type { LogSubject } from '../../../src-main/control/contract.js';
import { Page } from '../../components/page.js';
import { Tabs } from '../../components/tabs.js';
import { useText } from '../../text/use-text.js';
import { CondensedLog } from './condensed-log.js';
import { FiledLog } from './filed-log.js';
import { LiveLog } from './live-log.js';
import { ReportPanel } from './report-panel.js';

const VIEWS = { condensed: CondensedLog, files: FiledLog, report: ReportPanel } as const;

/** What the server is doing, as it does it; what it did before; and what to hand to somebody who helps. */
export function LogsScreen() {
  const text = useText();
  const { view = '' } = useParams<{ view?: string }>();
  const View = view in VIEWS ? VIEWS[view as keyof typeof VIEWS] : LiveLog;
  return (
    <Page title={text('logs.title')} lead={text('logs.lead')} wide>
      <Tabs
        label={text('logs.views')}
        tabs={[
          { path: '/logs', title: text('logs.view-live'), icon: ScrollText },
          { path: '/logs/condensed', title: text('logs.view-condensed'), icon: Group },
          { path: '/logs/files', title: text('logs.view-files'), icon: FileClock },
          { path: '/logs/report', title: text('logs.view-report'), icon: LifeBuoy },
        ]}
        current={view in VIEWS ? `/logs/${view}` : '/logs'}
      >
        <View />
      </Tabs>
    </Page>
  );
}

const KINDS: ReadonlySet<string> = new Set(['request', 'server', 'room', 'person']);

/** The log of one server, room or person: what other screens link to, `/logs/about/server/matrix.org`. */
export function LogsAboutScreen() {
  const text = useText();
  const { kind = '', value = '' } = useParams<{ kind: string; value: string }>();
  const about = KINDS.has(kind) ? { kind: kind as LogSubject['kind'], value: decoded(value) } : undefined;
  return (
    <Page title={text('logs.title')} lead={text('logs.lead')} wide>
      <LiveLog key={`${kind} ${value}`} {...(about ? { about } : {})} />
    </Page>
  );
}

/** Ids have signs that addresses write in another way; addresses that somebody typed may be as they are. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
