import { abortable, deadline } from '../../base/abort.js';
import type { Milliseconds } from '../../base/clock.js';
import type { FederationConfig } from '../../config/config.js';
import type { Place } from '../../net/connections.js';
import { type Dns, DnsError, type HostAddress, type SrvRecord } from '../../net/dns.js';
import { OutgoingError, type OutgoingHttp, type OutgoingReply } from '../../net/outgoing.js';
import type { Probe } from '../../net/probe.js';
import type { ServerName } from '../../spec/ids.js';
import { parseServerName } from '../../spec/server-name.js';
import { delegateIn, Discovery, type Route } from '../servers/index.js';
import type { Finding } from './steps.js';

export interface FindServerDeps {
  readonly dns: Dns;
  /** as server discovery fetches `.well-known` */
  readonly outgoing: Pick<OutgoingHttp, 'fetch'>;
  readonly probe: Pick<Probe, 'isAllowed'>;
  readonly config: Pick<FederationConfig, 'verifyCertificates' | 'unverifiedDomains'>;
  /** the only servers that are talked to; undefined: all */
  readonly allowed: () => readonly ServerName[] | undefined;
}

/** A place, and an address of it. */
export interface Spot {
  readonly place: Place;
  readonly address: HostAddress;
}

const SITE_PATIENCE: Milliseconds = 10_000;
const DNS_PATIENCE: Milliseconds = 8_000;
const MAX_BYTES = 50 * 1024;
const MOST_REDIRECTS = 5;
const MOST_SPOTS = 8;
const SERVICES = ['_matrix-fed._tcp', '_matrix._tcp'] as const;
const NOT_NEEDED: Finding = { state: 'not-applicable', code: 'NOT_NEEDED' };

/** A way that was looked for, and what there was to see. */
interface Found<T> {
  readonly finding: Finding;
  readonly value: T;
}

/**
 * Server discovery once more, in slow motion: what each step says, where discovery itself only goes on.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#resolving-server-names
 */
export class FindServer {
  constructor(private readonly deps: FindServerDeps) {}

  name(server: ServerName): Finding {
    const address = parseServerName(server);
    if (!address) return { state: 'error', code: 'NAME_GRAMMAR', found: server };
    const isAllowed = this.deps.allowed()?.includes(server) ?? true;
    return isAllowed ? { state: 'ok', found: server } : { state: 'warning', code: 'NAME_NOT_ALLOWED', found: server };
  }

  /** @returns the server name that it delegates to */
  async wellKnown(server: ServerName, signal: AbortSignal): Promise<Found<string | undefined>> {
    const own = parseServerName(server);
    if (!own || isComplete(own)) return { finding: NOT_NEEDED, value: undefined };
    const url = `https://${own.host}/.well-known/matrix/server`;
    try {
      const reply = await this.deps.outgoing.fetch({
        url,
        redirects: MOST_REDIRECTS,
        maxBytes: MAX_BYTES,
        timeout: SITE_PATIENCE,
        signal,
      });
      const delegate = reply.status === 200 ? delegateIn(reply.body) : undefined;
      return { finding: siteFinding(reply, delegate), value: delegate };
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      return { finding: siteFailure(error, url), value: undefined };
    }
  }

  async srv(server: ServerName, delegate: string | undefined, signal: AbortSignal): Promise<Finding> {
    const named = parseServerName(delegate ?? server);
    if (!named || isComplete(named)) return NOT_NEEDED;
    const evidence: string[] = [];
    try {
      for (const service of SERVICES) {
        const name = `${service}.${named.host}`;
        const records = await this.#ask(this.deps.dns.srv(name), signal);
        evidence.push(...(records.length === 0 ? [`${name}: -`] : records.map((record) => srvText(name, record))));
        const found = records.map(({ target, port }) => `${target}:${port}`).join(', ');
        if (records.length > 0 && service === SERVICES[0]) return { state: 'ok', found, evidence };
        if (records.length > 0) return { state: 'warning', code: 'SRV_OLD', found, fields: { name }, evidence };
      }
      return { state: 'not-applicable', code: 'SRV_NONE', fields: { host: named.host }, evidence };
    } catch (error) {
      const why = reasonOf(error, signal);
      return { state: 'error', code: 'SRV_FAILED', fields: { host: named.host }, evidence: [...evidence, why] };
    }
  }

  /** Where requests go: what discovery makes of it. */
  async route(server: ServerName, delegate: string | undefined, signal: AbortSignal): Promise<Route | undefined> {
    const { dns, config } = this.deps;
    const discovery = new Discovery({ dns, config, wellKnown: { delegateOf: async () => delegate } });
    try {
      return await this.#ask(discovery.find(server), signal);
    } catch (error) {
      reasonOf(error, signal);
      return undefined;
    }
  }

  /** The addresses of all places, in the order in which they are tried. */
  async addresses({ places }: Route, isOwn: boolean, signal: AbortSignal): Promise<Found<readonly Spot[]>> {
    const hosts = places.map(({ host }) => host).join(', ');
    const evidence: string[] = [];
    const spots: Spot[] = [];
    let failed = 0;
    for (const place of places) {
      try {
        const found = await this.#addressesOf(place.host, signal);
        evidence.push(`${place.host}: ${found.map(({ address }) => address).join(', ') || '-'}`);
        spots.push(...found.map((address) => ({ place, address })));
      } catch (error) {
        failed += 1;
        evidence.push(reasonOf(error, signal));
      }
    }
    const finding = this.#addressFinding(spots, failed === places.length, isOwn, hosts);
    const open = spots.filter(({ address }) => this.deps.probe.isAllowed(address.address));
    return { finding: { ...finding, evidence }, value: open.slice(0, MOST_SPOTS) };
  }

  #addressFinding(spots: readonly Spot[], hasFailed: boolean, isOwn: boolean, host: string): Finding {
    const fields = { host };
    if (hasFailed) return { state: 'error', code: 'ADDRESSES_FAILED', fields };
    if (spots.length === 0) return { state: 'error', code: 'ADDRESSES_NONE', fields };
    const found = [...new Set(spots.map(({ address }) => address.address))].join(', ');
    if (spots.some(({ address }) => this.deps.probe.isAllowed(address.address))) return { state: 'ok', found };
    if (isOwn) return { state: 'could-not-check', code: 'ADDRESSES_LOCAL', fields, found };
    return { state: 'error', code: 'ADDRESSES_DENIED', fields, found };
  }

  async #addressesOf(host: string, signal: AbortSignal): Promise<readonly HostAddress[]> {
    const literal = parseServerName(host.includes(':') ? `[${host}]` : host)?.kind;
    if (literal === 'ipv4') return [{ address: host, family: 4 }];
    if (literal === 'ipv6') return [{ address: host, family: 6 }];
    return this.#ask(this.deps.dns.addresses(host), signal);
  }

  /** @throws DnsError, OutgoingError; a TimeoutError or the signal's reason */
  async #ask<T>(question: Promise<T>, signal: AbortSignal): Promise<T> {
    const limit = deadline(signal, DNS_PATIENCE);
    return abortable(question, limit.signal).finally(() => limit.end());
  }
}

const isComplete = ({ kind, port }: { kind: string; port: number | undefined }): boolean =>
  kind !== 'name' || port !== undefined;

const srvText = (name: string, { priority, weight, port, target }: SrvRecord): string =>
  `${name}: ${priority} ${weight} ${port} ${target}`;

/** What kept a name from being looked up, in a sentence. @throws what nobody foresaw, and that nobody wants to know any more */
function reasonOf(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (error instanceof DnsError || error instanceof OutgoingError) return error.message;
  if (error instanceof DOMException && error.name === 'TimeoutError') return error.message;
  throw error;
}

function siteFinding({ status, headers, body, url }: OutgoingReply, delegate: string | undefined): Finding {
  const start = body.subarray(0, 600).toString('utf8');
  const evidence = [`GET ${url}: ${status}`, `content-type: ${headers['content-type'] ?? '-'}`, start];
  if (delegate !== undefined) return { state: 'ok', found: delegate, evidence };
  if (status === 404) return { state: 'not-applicable', code: 'WELL_KNOWN_NONE', fields: { url }, evidence };
  if (status !== 200) return { state: 'warning', code: 'WELL_KNOWN_STATUS', fields: { url, status }, evidence };
  return { state: 'warning', code: 'WELL_KNOWN_INVALID', fields: { url }, evidence };
}

/** Nobody need have a web site: that none is there is no fault. */
function siteFailure({ kind, message }: OutgoingError, url: string): Finding {
  const more = { fields: { url }, evidence: [message] };
  if (kind === 'connect' && /in time/.test(message)) return { state: 'warning', code: 'WELL_KNOWN_TIMEOUT', ...more };
  if (kind === 'dns' || kind === 'connect' || kind === 'denied') {
    return { state: 'not-applicable', code: 'WELL_KNOWN_NO_SITE', ...more };
  }
  const code = kind === 'tls' ? 'WELL_KNOWN_TLS' : kind === 'timeout' ? 'WELL_KNOWN_TIMEOUT' : 'WELL_KNOWN_FAILED';
  return { state: 'warning', code, ...more };
}
