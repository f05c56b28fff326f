import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Servers } from '../../matrix/servers/index.js';
import type { ServerTraffic, TrafficSpan } from '../contract.js';

const HOUR: Milliseconds = 3_600_000;
/** How far apart the points of each span are, and how many there are. */
const SPANS: Readonly<Record<TrafficSpan, { readonly step: Milliseconds; readonly count: number }>> = {
  day: { step: HOUR, count: 24 },
  week: { step: 6 * HOUR, count: 28 },
  month: { step: 24 * HOUR, count: 30 },
};

/** How much goes to other servers and comes from them, in the console's words. */
export async function trafficOf(
  { servers, clock }: { readonly servers: Pick<Servers, 'traffic'>; readonly clock: Clock },
  span: TrafficSpan,
): Promise<ServerTraffic> {
  const { step, count } = SPANS[span];
  const from = Math.floor(clock.now() / step) * step - (count - 1) * step;
  const report = await servers.traffic.report(from);
  const sent = Array.from({ length: count }, () => 0);
  const received = Array.from({ length: count }, () => 0);
  for (const [hour, { eventsSent, eventsReceived }] of report.hours) {
    const point = Math.floor((hour - from) / step);
    // a clock that was set back leaves hours that are to come
    if (point >= count) continue;
    sent[point] = (sent[point] ?? 0) + eventsSent;
    received[point] = (received[point] ?? 0) + eventsReceived;
  }
  const busiest = report.busiest.map(({ server, ...counts }) => ({ serverName: server, ...counts }));
  return { from, step, sent, received, busiest, servers: report.servers };
}
