import { Radar } from 'lucide-react';
import type { ReachState, StepName } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckList } from '../../components/check-list.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { type Action, useAction, useQuery } from '../../control/use-control.js';
import { type TextKey, useText } from '../../text/use-text.js';
import { ReachFriend } from './reach-friend.js';
import { ReachSummary } from './reach-summary.js';
import { ServersPage } from './servers-page.js';
import { reachLine } from './step-again.js';

type Check = Action<'reach.check'>;

/** Which steps belong together, in the order of the pipeline. */
const PARTS: readonly { title: TextKey; from: StepName; to: StepName }[] = [
  { title: 'reach.part-machine', from: 'online', to: 'port' },
  { title: 'reach.part-name', from: 'name', to: 'addresses' },
  { title: 'reach.part-way', from: 'connection', to: 'signed-request' },
  { title: 'reach.part-out', from: 'outgoing', to: 'resolver' },
  { title: 'reach.part-people', from: 'client-address', to: 'push' },
  { title: 'reach.part-outside', from: 'hairpin', to: 'round-trip' },
];

/** Can others reach us? The way here, step by step. */
export const ReachScreen = () => (
  <ServersPage current="reach">
    <ReachPanel />
  </ServersPage>
);

function ReachPanel() {
  const query = useQuery('reach.state', undefined, ['reach.changed', 'server.changed']);
  const check = useAction('reach.check');
  if (query.state === 'loading') return <Loading lines={6} />;
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  const state = query.value;
  const isRunning = state.running.length > 0;
  if (state.steps.length === 0 && !isRunning) return <NotYet check={check} />;
  return (
    <>
      <ReachSummary state={state} onCheck={() => void check.run({})} />
      {check.error && <Failure error={check.error} />}
      <Parts state={state} check={check} />
      <ReachFriend state={state} check={check} />
    </>
  );
}

function NotYet({ check }: { check: Check }) {
  const text = useText();
  return (
    <>
      <Empty icon={Radar} title={text('reach.none')}>
        <p>{text('reach.none-text')}</p>
        <Button kind="primary" icon={Radar} isBusy={check.isBusy} onClick={() => void check.run({})}>
          {text('reach.start')}
        </Button>
      </Empty>
      {check.error && <Failure error={check.error} />}
    </>
  );
}

function Parts({ state, check }: { state: ReachState; check: Check }) {
  const text = useText();
  const { names } = state;
  return PARTS.map(({ title, from, to }) => {
    const part = names.slice(names.indexOf(from), names.indexOf(to) + 1);
    return (
      <section key={title} className="card stack" aria-labelledby={title}>
        <h2 id={title}>{text(title)}</h2>
        <CheckList lines={part.map((name) => reachLine(text, name, state, check))} />
      </section>
    );
  });
}
