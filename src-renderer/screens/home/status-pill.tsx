import { CircleAlert, CircleCheck, CircleStop, LoaderCircle, Unplug } from 'lucide-react';
import type { ServerState, ServerStatus } from '../../../src-main/control/contract.js';
import { Pill } from '../../components/pill.js';
import type { Query } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const LOOKS = {
  'not-set-up': { tone: 'plain', icon: CircleStop },
  starting: { tone: 'info', icon: LoaderCircle },
  running: { tone: 'good', icon: CircleCheck },
  stopping: { tone: 'info', icon: LoaderCircle },
  stopped: { tone: 'warn', icon: CircleStop },
  failed: { tone: 'bad', icon: CircleAlert },
} as const satisfies Record<ServerState, unknown>;

/** How the server is, in one word; on every page, in the same words as the tray. */
export function StatusPill({ status }: { status: Query<ServerStatus> }) {
  const text = useText();
  if (status.state === 'loading') return <Pill tone="plain">{text('state.loading')}</Pill>;
  if (status.state === 'failed' || status.stale) {
    return (
      <Pill tone="bad" icon={Unplug}>
        {text('status.unreachable')}
      </Pill>
    );
  }
  const { state } = status.value;
  const { tone, icon } = LOOKS[state];
  return (
    <Pill tone={tone} icon={icon}>
      {text(`status.${state}`)}
    </Pill>
  );
}
