import { DnsError, type HostAddress, type SrvRecord } from '../../../net/dns.js';
import { reachOf } from '../../../net/own-addresses.js';
import { parseServerName } from '../../../spec/server-name.js';
import type { Finding } from '../steps.js';
import { staysAtHome } from './key-servers.js';
import type { ReachRun, ReachStep } from './reach-run.js';
import { siteOnEachAddress } from './site-addresses.js';

const NOT_NEEDED: Finding = { state: 'not-applicable', code: 'NOT_NEEDED' };

/** Where the name leads. */
export const nameSteps: readonly ReachStep[] = [
  { name: 'name', needs: [], probe: async (run) => name(run) },
  { name: 'dns', needs: ['online', 'name'], probe: dns },
  { name: 'domain', needs: ['online', 'name'], probe: domain },
  { name: 'well-known', needs: ['dns'], probe: wellKnown },
  { name: 'srv', needs: ['dns', 'well-known'], probe: srv },
  { name: 'addresses', needs: ['srv'], probe: addresses },
];

function name({ deps }: ReachRun): Finding {
  const { serverName } = deps.config;
  const found = deps.find.name(serverName);
  if (found.state !== 'error' && staysAtHome(serverName)) {
    return { state: 'error', code: 'NAME_PRIVATE', found: serverName, fields: { name: serverName } };
  }
  return found.code === 'NAME_NOT_ALLOWED' ? { state: 'ok', found: serverName } : found;
}

const isName = ({ deps }: ReachRun): boolean => parseServerName(deps.config.serverName)?.kind === 'name';

/** The addresses of the name itself. */
async function dns(run: ReachRun): Promise<Finding> {
  const { host, deps } = run;
  if (!isName(run)) return NOT_NEEDED;
  try {
    run.way.site = await deps.network.dns.addresses(host);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    return { state: 'error', code: 'DNS_FAILED', fields: { host }, evidence: [error.message] };
  }
  const found = run.way.site.map(({ address }) => address).join(', ');
  const evidence = [`${host}: ${found || '-'}`];
  if (found !== '') return { state: 'ok', found, evidence };
  const services = await servicesOf(run);
  run.way.hasService = services.length > 0;
  const more = { fields: { host }, evidence: [...evidence, ...services.map(serviceText)] };
  return run.way.hasService
    ? { state: 'not-applicable', code: 'DNS_NONE_SRV', ...more }
    : { state: 'error', code: 'DNS_NONE', ...more };
}

const serviceText = ({ service, target, port }: SrvRecord & { service: string }) => `${service}: ${target}:${port}`;

async function servicesOf({ host, deps }: ReachRun): Promise<readonly (SrvRecord & { readonly service: string })[]> {
  const services = [`_matrix-fed._tcp.${host}`, `_matrix._tcp.${host}`];
  const found = await Promise.all(
    services.map((service) =>
      deps.network.dns.srv(service).then(
        (records) => records.map((record) => ({ ...record, service })),
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Whether the domain's name servers do their work; when it runs out only its registry knows. */
async function domain(run: ReachRun): Promise<Finding> {
  if (!isName(run)) return NOT_NEEDED;
  const { host, deps } = run;
  const evidence: string[] = [];
  for (const service of [`_matrix-fed._tcp.${host}`, `_matrix._tcp.${host}`]) {
    try {
      await deps.network.dns.srv(service);
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      evidence.push(error.message);
    }
  }
  if (evidence.length > 0) return { state: 'error', code: 'DOMAIN_BROKEN', fields: { host }, evidence };
  return { state: 'could-not-check', code: 'DOMAIN_EXPIRY', fields: { host } };
}

/** What the site says, on each of its addresses. */
async function wellKnown(run: ReachRun): Promise<Finding> {
  const { deps, options, host, way } = run;
  const { finding, value } = await deps.find.wellKnown(deps.config.serverName, options.signal);
  way.delegate = value;
  if (finding.code === 'NOT_NEEDED' || finding.code === 'WELL_KNOWN_NO_SITE') return finding;
  const answers = await siteOnEachAddress(deps, host, way.site, options.signal);
  const evidence = [...(finding.evidence ?? []), ...answers.map(({ address, says }) => `${address}: ${says}`)];
  const all = { ...finding, evidence };
  if (finding.state !== 'ok' && finding.state !== 'not-applicable') return all;
  const [first] = answers;
  const other = answers.find(({ says }) => says !== first?.says);
  if (first && other) {
    const fields = { where: first.address, says: first.says, other: other.address, otherSays: other.says };
    return { ...all, state: 'warning', code: 'WELL_KNOWN_DIFFERS', fields };
  }
  if (answers.some(({ status }) => status === 308)) return { ...all, state: 'warning', code: 'WELL_KNOWN_308' };
  return all;
}

async function srv(run: ReachRun): Promise<Finding> {
  const { deps, options, way } = run;
  const finding = await deps.find.srv(deps.config.serverName, way.delegate, options.signal);
  if (finding.state === 'error') return finding;
  way.route = await deps.find.route(deps.config.serverName, way.delegate, options.signal);
  if (finding.state !== 'ok' || finding.code !== undefined) return finding;
  const services = await servicesOf(run);
  const [now, old] = [
    services.filter(({ service }) => service.startsWith('_matrix-fed.')),
    services.filter(({ service }) => service.startsWith('_matrix.')),
  ];
  const isElsewhere = old.some((each) => !now.some(({ target, port }) => target === each.target && port === each.port));
  if (now.length === 0 || !isElsewhere) return finding;
  const fields = { old: old.map(serviceText).join(', ') };
  return { ...finding, state: 'warning', code: 'SRV_DIFFER', fields };
}

async function addresses(run: ReachRun): Promise<Finding> {
  const { deps, options, way } = run;
  if (!way.route) return { state: 'error', code: 'ADDRESSES_FAILED', fields: { host: run.host } };
  const { finding, value } = await deps.find.addresses(way.route, true, options.signal);
  way.spots = value;
  return finding;
}

/** The addresses that belong to another computer, when we know one of our own that all can reach. */
export function elsewhere(
  found: readonly HostAddress[],
  own: readonly HostAddress[],
): { there: string; here: string } | undefined {
  const open = own.filter(({ address }) => reachOf(address) === 'public').map(({ address }) => address);
  if (open.length === 0 || found.length === 0 || found.some(({ address }) => open.includes(address))) return undefined;
  return { there: found.map(({ address }) => address).join(', '), here: open.join(', ') };
}
