import {
  CircleAlert,
  CircleCheck,
  CircleStop,
  LoaderCircle,
  type LucideIcon,
  Moon,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import type { HealthSummaryCode } from '../../../src-main/control/contract.js';
import type { Tone } from '../../components/notice.js';
import { Pill } from '../../components/pill.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const LOOKS: Readonly<Record<HealthSummaryCode, { tone: Tone | 'plain'; icon: LucideIcon }>> = {
  'not-set-up': { tone: 'plain', icon: CircleStop },
  starting: { tone: 'info', icon: LoaderCircle },
  running: { tone: 'good', icon: CircleCheck },
  attention: { tone: 'warn', icon: TriangleAlert },
  trouble: { tone: 'bad', icon: CircleAlert },
  sleeping: { tone: 'info', icon: Moon },
  stopping: { tone: 'info', icon: LoaderCircle },
  stopped: { tone: 'warn', icon: CircleStop },
  failed: { tone: 'bad', icon: CircleAlert },
};
const POLL = 15_000;

/** How the server is, in a word or two; on every page, of the same truth as the sentence on Home and the tray. */
export function StatusPill() {
  const text = useText();
  const health = useQuery('health.list', undefined, ['health.changed', 'server.changed', 'setup.changed'], POLL);
  if (health.state === 'loading') return <Pill tone="plain">{text('state.loading')}</Pill>;
  if (health.state === 'failed' || health.stale) {
    return (
      <Pill tone="bad" icon={Unplug}>
        {text('status.unreachable')}
      </Pill>
    );
  }
  const { code } = health.value.summary;
  const { tone, icon } = LOOKS[code];
  return (
    <Pill tone={tone} icon={icon}>
      {text(`status.${code}`)}
    </Pill>
  );
}
