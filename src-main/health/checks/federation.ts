import type { Clock, Milliseconds } from '../../base/clock.js';
import type { ReachKind } from '../../config/reach.js';
import type { Diagnosis } from '../../matrix/diagnostics/index.js';
import type { Dns } from '../../net/dns.js';
import { viewRecords } from '../../net/dns-view.js';
import type { ServerName } from '../../spec/ids.js';
import type { Check, Finding } from '../check.js';
import { error, HOUR, MINUTE, NOT_APPLICABLE, OK, ok, SECOND, unknown, warning } from './finding.js';

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
  readonly diagnose: (serverName: ServerName, signal: AbortSignal) => Promise<Diagnosis>;
  readonly servers: () => ServersSummary;
  readonly queue: () => QueueSummary;
  /** how much this clock is ahead of the middle of others; undefined: too few were heard of late */
  readonly skew: () => { readonly ahead: Milliseconds; readonly of: number } | undefined;
  readonly clock: Clock;
}

/** Of fewer failing servers than this nothing follows. */
const ENOUGH_FAILING = 4;
const STUCK_FOR = 15 * MINUTE;
const SKEW = { warning: 5 * SECOND, error: 5 * MINUTE };

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

/** The way in, as far as it can be judged from here. */
const reach = (deps: FederationDeps): Check => ({
  code: 'reach',
  category: 'federation',
  severity: 'high',
  dependsOn: ['offline', 'dns-record', 'certificate'],
  timeToVisible: 10 * MINUTE,
  every: 6 * HOUR,
  actions: ['show-reach', 'check-again'],
  async probe(signal) {
    if (!isOutside(deps)) return NOT_APPLICABLE;
    return reachFinding(await deps.diagnose(deps.serverName, signal));
  },
});

function reachFinding({ steps }: Diagnosis): Finding {
  const evidence = steps.map(({ name, state, code, found }) => [name, state, code, found].filter(Boolean).join(' '));
  const broken = steps.find(({ state }) => state === 'error');
  if (broken) return error('step', { step: broken.name }, { evidence: evidence.join('\n'), value: broken.name });
  const keys = steps.find(({ name }) => name === 'keys');
  return keys?.state === 'ok' ? ok({}, evidence.join('\n')) : unknown(evidence.join('\n'));
}

const clockSkew = ({ skew }: FederationDeps): Check => ({
  code: 'clock',
  category: 'clock',
  severity: 'high',
  dependsOn: ['offline'],
  timeToVisible: 5 * MINUTE,
  every: 10 * MINUTE,
  actions: ['check-again'],
  async probe() {
    const found = skew();
    if (!found) return unknown('too few other servers were heard of late');
    const { ahead, of } = found;
    const evidence = `${ahead} ms ahead of the middle of ${of} other servers`;
    const amount = Math.abs(ahead);
    if (amount < SKEW.warning) return ok({ seconds: Math.round(amount / SECOND) }, evidence);
    const fields = { seconds: Math.round(amount / SECOND) };
    const more = { evidence, value: ahead > 0 ? 'ahead' : 'behind' };
    return (amount < SKEW.error ? warning : error)(ahead > 0 ? 'ahead' : 'behind', fields, more);
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
