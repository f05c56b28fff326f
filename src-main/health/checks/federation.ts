import type { Clock, Milliseconds } from '../../base/clock.js';
import type { ReachKind } from '../../config/reach.js';
import { headline, type ReachReport } from '../../matrix/diagnostics/index.js';
import type { Dns } from '../../net/dns.js';
import { viewRecords } from '../../net/dns-view.js';
import type { ServerName } from '../../spec/ids.js';
import type { Check, Finding } from '../check.js';
import { error, HOUR, MINUTE, NOT_APPLICABLE, OK, ok, unknown, warning } from './finding.js';

/** How the ways to other servers fare; in memory. */
export interface ServersSummary {
  /** they answered since the start, or failed within the last week */
  readonly known: number;
  /** of these, such as failed when they were asked last */
  readonly failing: number;
}

/** What waits for other servers; in memory. */
export interface QueueSummary {
  /** something waits for them */
  readonly servers: number;
  readonly since: Milliseconds | undefined;
  /** the same of servers that do not fail: it should have gone out long ago */
  readonly stuck: number;
  readonly stuckSince: Milliseconds | undefined;
}

export interface FederationDeps {
  readonly reach: ReachKind;
  readonly serverName: ServerName;
  /** where the server is reached */
  readonly host: string;
  readonly dns: Dns;
  /** what was found when this server looked whether others can reach it; undefined before the first look */
  readonly lastReach: () => ReachReport | undefined;
  readonly servers: () => ServersSummary;
  readonly queue: () => QueueSummary;
  readonly clock: Clock;
}

/** Of fewer failing servers than this nothing follows. */
const ENOUGH_FAILING = 4;
const STUCK_FOR = 15 * MINUTE;

/** Whether other servers and this one can talk to each other. */
export const federationChecks = (deps: FederationDeps): Check[] => [
  dnsRecord(deps),
  reach(deps),
  clockSkew(deps),
  serversFailing(deps),
  queueAge(deps),
];

const isOutside = ({ reach }: FederationDeps): boolean => reach === 'direct' || reach === 'front';

const dnsRecord = (deps: FederationDeps): Check => ({
  code: 'dns-record',
  category: 'name',
  severity: 'high',
  dependsOn: ['offline'],
  timeToVisible: 2 * MINUTE,
  every: HOUR,
  actions: ['show-dns'],
  async probe() {
    if (!isOutside(deps)) return NOT_APPLICABLE;
    const { dns, serverName, host } = deps;
    const records = await viewRecords(dns, { serverName, host, v4: undefined, v6: undefined });
    const evidence = records.map(({ name, type, found, state }) => `${name} ${type} ${state} ${found.join(', ')}`);
    const addresses = records.filter(({ name, type }) => name === host && type !== 'SRV');
    if (addresses.some(({ found }) => found.length > 0)) return ok({ host }, evidence.join('\n'));
    if (addresses.some(({ state }) => state === 'failed')) return unknown(evidence.join('\n'));
    return error('no-address', { host }, { evidence: evidence.join('\n') });
  },
});

/** The way in, as it was found when it was looked at last. */
const reach = (deps: FederationDeps): Check => ({
  code: 'reach',
  category: 'federation',
  severity: 'high',
  dependsOn: ['offline'],
  timeToVisible: MINUTE,
  every: MINUTE,
  actions: ['show-reach'],
  async probe() {
    if (!isOutside(deps)) return NOT_APPLICABLE;
    const report = deps.lastReach();
    return report ? reachFinding(report) : unknown('not looked at yet');
  },
});

function reachFinding({ steps, at }: ReachReport): Finding {
  const evidence = [
    new Date(at).toISOString(),
    ...steps.map(({ name, state, code = '', found }) => `${name}: ${state} ${code} ${found}`.trim()),
  ].join('\n');
  const { step, isBlocking, waiting } = headline(steps);
  if (step && isBlocking) {
    const more = { evidence, value: `${step.name} ${step.code ?? ''}` };
    return error('blocked', { step: step.name, code: step.code ?? '', waiting }, more);
  }
  const isKnown = steps.some(({ name, state }) => name === 'keys' && state === 'ok');
  return isKnown ? ok({ at }, evidence) : unknown(evidence);
}

const clockSkew = ({ lastReach }: FederationDeps): Check => ({
  code: 'clock',
  category: 'clock',
  severity: 'high',
  dependsOn: ['offline'],
  timeToVisible: MINUTE,
  every: MINUTE,
  actions: ['show-reach'],
  async probe() {
    const step = lastReach()?.steps.find(({ name }) => name === 'clock');
    if (!step) return unknown('not looked at yet');
    const { state, code, fields, evidence } = step;
    const text = evidence.join('\n');
    if (state === 'warning' || state === 'error') {
      const reason = code === 'CLOCK_OURS_BEHIND' ? 'behind' : 'ahead';
      return { state, reason, fields: { seconds: Number(fields['seconds'] ?? 0) }, evidence: text, value: reason };
    }
    return state === 'ok' ? ok({}, text) : unknown(text);
  },
});

const serversFailing = ({ servers }: FederationDeps): Check => ({
  code: 'servers-failing',
  category: 'federation',
  severity: 'medium',
  dependsOn: ['offline', 'clock', 'reach'],
  timeToVisible: 10 * MINUTE,
  every: 2 * MINUTE,
  actions: ['show-servers'],
  async probe() {
    const { known, failing } = servers();
    const fields = { failing, known };
    const isMost = failing >= ENOUGH_FAILING && failing * 2 > known;
    return isMost ? warning('most', fields, { value: 'most' }) : ok(fields);
  },
});

const queueAge = ({ queue, clock }: FederationDeps): Check => ({
  code: 'queue-age',
  category: 'federation',
  severity: 'medium',
  dependsOn: ['offline', 'servers-failing'],
  timeToVisible: 5 * MINUTE,
  every: 2 * MINUTE,
  actions: ['show-servers', 'show-logs'],
  async probe() {
    const { servers, stuck, stuckSince } = queue();
    const age = stuckSince === undefined ? 0 : clock.now() - stuckSince;
    if (age < STUCK_FOR) return servers === 0 ? OK : ok({ servers });
    return warning('stuck', { servers: stuck, since: stuckSince ?? 0 }, { value: 'stuck' });
  },
});
