import type { Milliseconds } from '../../../base/clock.js';
import { DnsError } from '../../../net/dns.js';
import { askOwnListener, isOnLoopback, listenerText } from '../../../net/own-listener.js';
import { reachOf } from '../../../net/own-addresses.js';
import { askStun } from '../../../net/stun.js';
import type { Finding } from '../steps.js';
import { turnPlaces } from './turn-places.js';
import { keyServersToAsk } from './key-servers.js';
import type { ReachRun, ReachStep } from './reach-run.js';

const SECOND: Milliseconds = 1000;
const NOTICEABLE = 5 * SECOND;
const HARMFUL = 300 * SECOND;
const MOST_NAMES = 3;

/** What this computer is like. */
export const machineSteps: readonly ReachStep[] = [
  { name: 'online', needs: [], probe: online },
  { name: 'clock', needs: ['online'], probe: ownClock },
  { name: 'public-address', needs: ['online'], probe: publicAddress },
  { name: 'port', needs: [], probe: port },
];

async function online({ deps }: ReachRun): Promise<Finding> {
  const addresses = deps.addresses().map(({ address }) => address);
  const found = addresses.join(', ');
  if (addresses.length === 0) return { state: 'error', code: 'ONLINE_NO_NETWORK' };
  const own = deps.config.serverName;
  const names = [...keyServersToAsk(deps.config), ...(await deps.partners())]
    .filter((name) => name !== own)
    .slice(0, MOST_NAMES);
  const failures = (await Promise.all(names.map((name) => lookUpFailure(deps, name)))).filter(
    (why) => why !== undefined,
  );
  if (names.length > 0 && failures.length === names.length) {
    return { state: 'error', code: 'ONLINE_NO_DNS', found, evidence: failures };
  }
  return { state: 'ok', found, evidence: failures };
}

async function lookUpFailure({ network }: ReachRun['deps'], name: string): Promise<string | undefined> {
  try {
    await network.dns.srv(`_matrix-fed._tcp.${name.replace(/:\d+$/, '')}`);
    return undefined;
  } catch (error) {
    if (error instanceof DnsError) return error.message;
    throw error;
  }
}

/** The other servers' clocks together know the time. */
async function ownClock(run: ReachRun): Promise<Finding> {
  await run.step('outgoing');
  const told = run.way.partners.flatMap(({ server, clock }) => (clock ? [{ server, ...clock }] : []));
  if (told.length === 0) return { state: 'could-not-check', code: 'CLOCK_NO_SERVERS' };
  const differences = told.map(({ ahead }) => ahead).sort((a, b) => a - b);
  const middle = differences[Math.floor(differences.length / 2)] ?? 0;
  // What most others are ahead, we are behind.
  const seconds = Math.round(Math.abs(middle) / SECOND);
  const found = `${middle > 0 ? '-' : '+'}${seconds} s`;
  const evidence = told.map(({ server, evidence: line }) => `${server}: ${line}`);
  if (Math.abs(middle) <= NOTICEABLE) return { state: 'ok', found, evidence };
  const state = Math.abs(middle) > HARMFUL ? 'error' : 'warning';
  return { state, code: middle > 0 ? 'CLOCK_OURS_BEHIND' : 'CLOCK_OURS_AHEAD', fields: { seconds }, found, evidence };
}

/** What the interfaces say, and what a TURN server of ours sees. */
async function publicAddress({ deps }: ReachRun): Promise<Finding> {
  const own = deps.addresses().map(({ address }) => address);
  const evidence = own.map((address) => `${address}: ${reachOf(address)}`);
  const seen = await seenFromTurn(deps);
  if (seen !== undefined) evidence.push(`the TURN server sees us as ${seen}`);
  const open = own.filter((address) => reachOf(address) === 'public');
  if (open.length > 0) return { state: 'ok', found: open.join(', '), evidence };
  if ([...own, seen ?? ''].some((address) => reachOf(address) === 'shared')) {
    return { state: 'warning', code: 'PUBLIC_CGNAT', found: own.join(', '), evidence };
  }
  if (seen !== undefined && reachOf(seen) === 'public') return { state: 'ok', found: seen, evidence };
  return { state: 'could-not-check', code: 'PUBLIC_HOME', found: own.join(', '), evidence };
}

async function seenFromTurn({ config, network }: ReachRun['deps']): Promise<string | undefined> {
  for (const { host, port: at, isUdp } of turnPlaces(config.turn.uris)) {
    if (!isUdp || host === undefined) continue;
    const [address] = await network.dns.addresses(host).catch(() => []);
    const mapped = await askStun(address?.address ?? host, at);
    if (mapped && mapped.address !== '') return mapped.address;
  }
  return undefined;
}

/** Whether this program takes connections of other servers. */
async function port({ deps }: ReachRun): Promise<Finding> {
  const listeners = deps.listening();
  const answers = await Promise.all(
    listeners.map(async (listener) => ({
      listener,
      ...(await askOwnListener(listener, '/_matrix/federation/v1/version')),
    })),
  );
  const evidence = answers.map(
    ({ listener, status, failure }) => `${listenerText(listener)}${listener.tls ? ' (TLS)' : ''}: ${failure ?? status}`,
  );
  const silent = answers.filter(({ failure }) => failure !== undefined).map(({ listener }) => listenerText(listener));
  const serving = answers.filter(({ status }) => status === 200).map(({ listener }) => listener);
  const found = serving.map(listenerText).join(', ');
  if (serving.length === 0) {
    const where = silent.join(', ');
    if (silent.length > 0) return { state: 'error', code: 'PORT_SILENT', fields: { where }, evidence };
    return { state: 'error', code: 'PORT_NONE', evidence };
  }
  const hasProxy = deps.config.listeners.some(({ trustedProxies }) => trustedProxies.length > 0);
  if (!hasProxy && serving.every(isOnLoopback)) return { state: 'warning', code: 'PORT_LOOPBACK', found, evidence };
  return { state: 'ok', found, evidence };
}
