import type { FederationConfig } from '../../config/config.js';
import type { Place } from '../../net/connections.js';
import { type Dns, DnsError, type SrvRecord } from '../../net/dns.js';
import { OutgoingError } from '../../net/outgoing.js';
import { type Glob, globMatches, parseStars } from '../../spec/glob.js';
import type { ServerName } from '../../spec/ids.js';
import { parseServerName, type ServerAddress } from '../../spec/server-name.js';
import type { ServerWellKnown } from './server-well-known.js';
import { srvOrder } from './srv-order.js';

/** How a server is reached. */
export interface Route {
  /** what the Host header says */
  readonly hostHeader: string;
  /** in the order in which they are tried; each must show a certificate of the same name */
  readonly places: readonly Place[];
}

export interface DiscoveryDeps {
  readonly wellKnown: Pick<ServerWellKnown, 'delegateOf'> & Partial<Pick<ServerWellKnown, 'forget'>>;
  readonly dns: Dns;
  readonly config: Pick<FederationConfig, 'verifyCertificates' | 'unverifiedDomains'>;
}

/** Where servers listen that say nothing else. */
const DEFAULT_PORT = 8448;
/** The service's names: today's, and the one of old that is still asked for. */
const SERVICES = ['_matrix-fed._tcp', '_matrix._tcp'];
const MOST_PLACES = 8;

/**
 * Finds servers by their names.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#resolving-server-names
 */
export class Discovery {
  readonly #unverified: readonly Glob[];

  constructor(private readonly deps: DiscoveryDeps) {
    this.#unverified = deps.config.unverifiedDomains.map((domain) => parseStars(domain.toLowerCase()));
  }

  /** @throws OutgoingError when the name is none, or cannot be looked up */
  async find(server: ServerName): Promise<Route> {
    const own = parseServerName(server);
    if (!own) throw new OutgoingError('dns', 'that is no server name');
    if (isComplete(own)) return this.#direct(server, own);
    const delegate = await this.deps.wellKnown.delegateOf(own.host);
    const named = delegate === undefined ? undefined : parseServerName(delegate);
    if (delegate !== undefined && named && isComplete(named)) return this.#direct(delegate, named);
    return this.#byService(named?.host ?? own.host);
  }

  /** Forgets where the server was said to be: it is asked anew. */
  forget(server: ServerName): void {
    const own = parseServerName(server);
    if (own) this.deps.wellKnown.forget?.(own.host);
  }

  #direct(hostHeader: string, { host, port = DEFAULT_PORT }: ServerAddress): Route {
    return { hostHeader, places: [{ host, port, tls: this.#tls(host) }] };
  }

  async #byService(host: string): Promise<Route> {
    const tls = this.#tls(host);
    for (const service of SERVICES) {
      const records = await this.#srv(`${service}.${host}`);
      if (records.length === 0) continue;
      // The target is only where to connect to; it is the name before that must be proved.
      const places = srvOrder(records).map(({ target, port }) => ({ host: target, port, tls }));
      return { hostHeader: host, places: places.slice(0, MOST_PLACES) };
    }
    return { hostHeader: host, places: [{ host, port: DEFAULT_PORT, tls }] };
  }

  async #srv(name: string): Promise<readonly SrvRecord[]> {
    try {
      const records = await this.deps.dns.srv(name);
      // A lone dot says that there is decidedly no such service.
      return records.filter(({ target, port }) => target !== '' && target !== '.' && port > 0);
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      throw new OutgoingError('dns', error.message, { cause: error });
    }
  }

  #tls(name: string): Place['tls'] {
    const { verifyCertificates } = this.deps.config;
    return {
      name,
      isVerified: verifyCertificates && !this.#unverified.some((pattern) => globMatches(pattern, name.toLowerCase())),
    };
  }
}

/** An address needs no looking up, and neither does a name whose port is known. */
const isComplete = ({ kind, port }: ServerAddress): boolean => kind !== 'name' || port !== undefined;
