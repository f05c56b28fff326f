import type { Milliseconds } from '../../../base/clock.js';
import { randomLetters } from '../../../base/random.js';
import { DnsError } from '../../../net/dns.js';
import { parseServerName } from '../../../spec/server-name.js';
import type { ServerName } from '../../../spec/ids.js';
import { RemoteError } from '../../servers/index.js';
import { clockDifference } from '../ask-server.js';
import type { Finding } from '../steps.js';
import { keyServersToAsk } from './key-servers.js';
import type { PartnerAnswer, ReachDeps, ReachRun, ReachStep } from './reach-run.js';
import { roundTrip } from './round-trip.js';

const MOST_PARTNERS = 5;
const MOST_KEY_SERVERS = 3;
const PATIENCE: Milliseconds = 12_000;
/** Names nobody has: no cache knows the answer. */
const LOOK_UPS = 12;
const MOST_HOSTS = 3;
const SLOW: Milliseconds = 1_000;
const MOST_LOST = 0.1;

/** The way out, and what others see. */
export const otherSteps: readonly ReachStep[] = [
  { name: 'outgoing', needs: ['online'], probe: outgoing },
  { name: 'resolver', needs: ['online'], probe: resolver },
  { name: 'round-trip', needs: ['port', 'outgoing'], probe: roundTrip },
];

/** The servers that we talk to most, asked whether they are there. */
async function outgoing(run: ReachRun): Promise<Finding> {
  const { deps, way, options } = run;
  const names = await namesToAsk(deps);
  if (names.length === 0) return { state: 'could-not-check', code: 'OUTGOING_NOBODY' };
  way.partners = await Promise.all(names.map((server) => ask(deps, server, options.signal)));
  const evidence = way.partners.map(({ server, why, took }) => `${server}: ${why ?? `answered in ${took} ms`}`);
  const bad = way.partners.filter(({ why }) => why !== undefined);
  const good = way.partners.filter(({ why }) => why === undefined);
  const found = good.map(({ server }) => server).join(', ');
  const fields = { count: bad.length, all: names.length, where: bad.map(({ server }) => server).join(', ') };
  if (good.length === 0) return { state: 'error', code: 'OUTGOING_NONE', fields, evidence };
  // One of many that is down is its own trouble.
  if (bad.length * 2 > names.length) return { state: 'warning', code: 'OUTGOING_SOME', fields, found, evidence };
  return { state: 'ok', found, evidence };
}

export async function namesToAsk({ config, partners }: ReachDeps): Promise<readonly ServerName[]> {
  const names = [...(await partners()).slice(0, MOST_PARTNERS), ...keyServersToAsk(config).slice(0, MOST_KEY_SERVERS)];
  return [...new Set(names)].filter((server) => server !== config.serverName);
}

async function ask({ requests, clock }: ReachDeps, server: ServerName, signal: AbortSignal): Promise<PartnerAnswer> {
  const began = clock.now();
  const took = () => clock.now() - began;
  try {
    const path = '/_matrix/federation/v1/version';
    const request = { destination: server, method: 'GET', path, evenIfDown: true, timeout: PATIENCE, signal } as const;
    const { headers, body } = await requests.stream(request);
    body.on('error', () => undefined).destroy();
    return { server, why: undefined, took: took(), clock: clockDifference(headers['date'], began, clock.now()) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError)) throw error;
    const isThere = error.kind === 'answered' && (error.status ?? 500) < 500;
    return { server, why: isThere ? undefined : error.why, took: took(), clock: undefined };
  }
}

/** How quickly, and how surely, names are looked up that nobody has looked up before. */
async function resolver(run: ReachRun): Promise<Finding> {
  const { deps } = run;
  const own = run.host;
  const others = (await namesToAsk(deps)).flatMap((name) => {
    const address = parseServerName(name);
    return address?.kind === 'name' ? [address.host] : [];
  });
  // Whether our own domain answers is another step's question.
  const hosts = others.length > 0 ? others.slice(0, MOST_HOSTS) : [own];
  if (parseServerName(hosts[0] ?? '')?.kind !== 'name') return { state: 'not-applicable', code: 'NOT_NEEDED' };
  const asked = await Promise.all(
    Array.from({ length: LOOK_UPS }, (_none, at) => lookUp(deps, `x${randomLetters(12)}.${hosts[at % hosts.length]}`)),
  );
  const lost = asked.filter(({ why }) => why !== undefined);
  const times = asked.map(({ took }) => took).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const found = `${median} ms`;
  const fields = { ms: median, lost: lost.length, all: LOOK_UPS };
  const evidence = asked.map(({ name, why, took }) => `${name}: ${why ?? 'answered'} (${took} ms)`);
  if (lost.length === LOOK_UPS) return { state: 'error', code: 'RESOLVER_DOWN', fields, evidence };
  if (lost.length > LOOK_UPS * MOST_LOST) return { state: 'warning', code: 'RESOLVER_DROPS', fields, found, evidence };
  if (median > SLOW) return { state: 'warning', code: 'RESOLVER_SLOW', fields, found, evidence };
  return { state: 'ok', found, evidence };
}

async function lookUp({ network }: ReachDeps, name: string) {
  const began = performance.now();
  const why = await network.dns.srv(name).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DnsError) return error.message;
      throw error;
    },
  );
  return { name, why, took: Math.round(performance.now() - began) };
}
