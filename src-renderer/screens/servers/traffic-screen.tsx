import { ArrowLeftRight, ChartLine, Table2 } from 'lucide-react';
import { useState } from 'react';
import type { ServerTraffic, TrafficSpan } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Sparkline } from '../../components/sparkline.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { BusyServers } from './busy-servers.js';
import { ServersPage } from './servers-page.js';

const SPANS: readonly TrafficSpan[] = ['day', 'week', 'month'];
const POLL = 30_000;

/** How much goes to other servers and comes from them, over time and with whom. */
export function TrafficScreen() {
  const text = useText();
  const [span, setSpan] = useState<TrafficSpan>('day');
  const [isTable, setTable] = useState(false);
  const traffic = useQuery('servers.traffic', { span }, ['server.changed'], POLL);
  return (
    <ServersPage current="traffic">
      <p className="soft">{text('traffic.lead')}</p>
      <div className="row spread">
        <div className="segments" role="group" aria-label={text('traffic.span')}>
          {SPANS.map((each) => (
            <button key={each} type="button" aria-pressed={each === span} onClick={() => setSpan(each)}>
              {text(`traffic.span-${each}`)}
            </button>
          ))}
        </div>
        <Button kind="quiet" icon={isTable ? ChartLine : Table2} onClick={() => setTable(!isTable)}>
          {text(isTable ? 'traffic.as-lines' : 'traffic.as-table')}
        </Button>
      </div>
      {traffic.state === 'loading' && <Loading lines={5} />}
      {traffic.state === 'failed' && <Failure error={traffic.error} onRetry={traffic.reload} />}
      {traffic.state === 'ready' && <Known traffic={traffic.value} span={span} isTable={isTable} />}
    </ServersPage>
  );
}

function Known({ traffic, span, isTable }: { traffic: ServerTraffic; span: TrafficSpan; isTable: boolean }) {
  const text = useText();
  if (traffic.servers === 0) return <Empty icon={ArrowLeftRight} title={text('traffic.none')} />;
  return (
    <>
      {isTable ? <Points traffic={traffic} span={span} /> : <Lines traffic={traffic} />}
      <BusyServers traffic={traffic} />
    </>
  );
}

function Lines({ traffic: { sent, received } }: { traffic: ServerTraffic }) {
  const text = useText();
  return (
    <div className="traffic-lines">
      <Line title={text('traffic.sent')} points={sent} />
      <Line title={text('traffic.received')} points={received} />
    </div>
  );
}

function Line({ title, points }: { title: string; points: readonly number[] }) {
  const text = useText();
  const total = points.reduce((sum, each) => sum + each, 0);
  const words = text('traffic.line', { total, most: Math.max(0, ...points) });
  return (
    <section className="card stack-tight">
      <h2>{title}</h2>
      <p className="traffic-total">{text.number(total)}</p>
      <Sparkline points={points} label={words} />
    </section>
  );
}

/** The same as the lines, newest first. */
function Points({ traffic: { from, step, sent, received }, span }: { traffic: ServerTraffic; span: TrafficSpan }) {
  const text = useText();
  const rows = sent.map((_, index) => sent.length - 1 - index);
  const when = (at: number) => (span === 'month' ? text.date(at) : text.dateTime(at));
  return (
    // what scrolls must be reached by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll table-frame" role="region" aria-label={text('traffic.table')} tabIndex={0}>
      <table className="figures">
        <caption className="hidden-visually">{text('traffic.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('traffic.table-from')}</th>
            <th scope="col">{text('traffic.sent')}</th>
            <th scope="col">{text('traffic.received')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{when(from + row * step)}</th>
              <td>{text.number(sent[row] ?? 0)}</td>
              <td>{text.number(received[row] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
