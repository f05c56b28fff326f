import type { Asked } from '../ask-server.js';
import type { Finding } from '../steps.js';
import type { ReachRun, ReachStep } from './reach-run.js';
import { signedRequest } from './signed-request.js';

/** The way from the name to this program, as others go it. */
export const waySteps: readonly ReachStep[] = [
  { name: 'connection', needs: ['addresses'], probe: connection },
  { name: 'certificate', needs: ['connection'], probe: certificate },
  { name: 'version', needs: ['certificate'], probe: version },
  { name: 'keys', needs: ['certificate'], probe: keys },
  { name: 'signed-request', needs: ['version', 'keys'], probe: loopBack },
  { name: 'hairpin', needs: ['addresses'], probe: hairpin },
];

/** An earlier step could not tell: neither can this one. */
const UNKNOWN: Finding = { state: 'could-not-check', code: 'HAIRPIN_UNKNOWN' };

async function connection(run: ReachRun): Promise<Finding> {
  const { deps, way } = run;
  if (way.spots.length === 0) return UNKNOWN;
  const { finding, open } = await deps.reach.connection(way.spots);
  way.open = open;
  if (finding.state !== 'error') return finding;
  // A router that does not let its own people in by the front door is no reason to say that nobody comes in.
  const outside = await run.step('round-trip');
  if (outside.state !== 'ok') return finding;
  return { ...finding, state: 'warning', code: 'CONNECT_ONLY_OUTSIDE' };
}

/** The worst of those that are shown on all addresses that answer. */
async function certificate({ deps, way }: ReachRun): Promise<Finding> {
  if (!way.open) return UNKNOWN;
  const { findings, others } = await certificatesOf({ deps, way } as ReachRun);
  const [first = UNKNOWN] = findings;
  const worse = others.find(({ state }) => state === 'error') ?? others.find(({ state }) => state === 'warning');
  return first.state === 'error' || !worse ? first : worse;
}

async function certificatesOf({ deps, way }: Pick<ReachRun, 'deps' | 'way'>) {
  const spots = way.spots.filter((spot) => spot !== way.open);
  const [first, ...others] = await Promise.all(
    [way.open, ...spots].map(async (spot) => {
      if (!spot) return UNKNOWN;
      const finding = await deps.reach.certificate(spot);
      const where = `${spot.address.address}:${spot.place.port}`;
      return { ...finding, evidence: [`at ${where}`, ...(finding.evidence ?? [])] };
    }),
  );
  // Those that take no connection are another step's trouble.
  const shown = others.filter(({ code }) => code !== 'TLS_HANDSHAKE');
  return { findings: first ? [first] : [], others: shown };
}

const askedOf = ({ deps, way }: ReachRun): Asked | undefined =>
  way.open && way.route
    ? { server: deps.config.serverName, place: way.open.place, hostHeader: way.route.hostHeader }
    : undefined;

async function version(run: ReachRun): Promise<Finding> {
  const asked = askedOf(run);
  if (!asked) return UNKNOWN;
  return (await run.deps.ask.version(asked, run.options.signal)).finding;
}

async function keys(run: ReachRun): Promise<Finding> {
  const asked = askedOf(run);
  if (!asked) return UNKNOWN;
  return run.deps.ask.keys(asked, run.deps.ownKeys, run.options.signal);
}

async function loopBack(run: ReachRun): Promise<Finding> {
  const asked = askedOf(run);
  return asked ? signedRequest(run.deps, asked, run.options.signal) : UNKNOWN;
}

/** Whether those at home can use the public name. */
async function hairpin(run: ReachRun): Promise<Finding> {
  const { deps, way } = run;
  const own = new Set(deps.addresses().map(({ address }) => address));
  if (way.spots.length === 0) return { state: 'not-applicable', code: 'HAIRPIN_NOT_NEEDED' };
  if (way.spots.every(({ address }) => own.has(address.address))) {
    return { state: 'not-applicable', code: 'HAIRPIN_NOT_NEEDED' };
  }
  const there = await run.step('connection');
  if (there.code === 'CONNECT_ONLY_OUTSIDE') return { state: 'warning', code: 'HAIRPIN_BROKEN' };
  return there.state === 'error' ? UNKNOWN : { state: 'ok', found: there.found };
}
