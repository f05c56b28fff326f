import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, DatabaseConfig, FederationConfig } from '../../src-main/config/config.js';
import { defaultConfig } from '../../src-main/config/defaults.js';
import type { Dns, HostAddress, SrvRecord } from '../../src-main/net/dns.js';
import { TestAuthority, writePair } from './authority.js';
import { FakeServer } from './fake-server.js';
import { FederationLink, type LinkExchange } from './federation-link.js';
import { type HomeserverOptions, startHomeserver, type TestHomeserver } from './homeserver.js';
import { TestDns } from './test-dns.js';

export type { FakeAnswer, FakeReply, FakeRequest } from './fake-server.js';
export { FakeServer, federationUrl } from './fake-server.js';
export type { LinkExchange } from './federation-link.js';

export interface FederationOptions extends Omit<HomeserverOptions, 'database' | 'config' | 'dns'> {
  /** for all servers, or for each by its name; `federation` in it wins key by key */
  readonly config?: FederatedConfig | ((name: string) => FederatedConfig);
  /** of each server by its name; what tests usually have unless said */
  readonly databaseOf?: (name: string) => Promise<DatabaseConfig>;
  /** pass on bytes unread: cheaper, and nothing is checked against the spec */
  readonly unread?: boolean;
}

export type FederatedConfig = Partial<Omit<Config, 'federation'>> & { readonly federation?: Partial<FederationConfig> };

/**
 * Starts servers that find each other by name and speak over TLS on loopback:
 * `await using federation = await startFederation(['hs1.test', 'hs2.test']); const [one, two] = federation.servers;`
 */
export async function startFederation(
  names: readonly string[],
  options: FederationOptions = {},
): Promise<TestFederation> {
  const federation = new TestFederation(await mkdtemp(join(tmpdir(), 'hearth-federation-')), options);
  try {
    for (const name of names) await federation.addServer(name);
  } catch (error) {
    await federation.stop().catch(() => undefined);
    throw error;
  }
  return federation;
}

/** Where requests for a name are let through to. */
interface Member {
  readonly name: string;
  readonly port: () => number;
}

/** A few servers, and the network between them. */
export class TestFederation {
  readonly authority = new TestAuthority();
  /** in the order of their names */
  readonly servers: TestHomeserver[] = [];
  /** names that no server here has, and what wins over those that they have */
  readonly dns = new TestDns();
  /** what servers asked each other, in the order of the answers; not with `unread` */
  readonly exchanges: LinkExchange[] = [];
  readonly #fakes: FakeServer[] = [];
  readonly #members: Member[] = [];
  readonly #links = new Map<string, FederationLink>();
  readonly #violations: Error[] = [];

  constructor(
    private readonly folder: string,
    private readonly options: FederationOptions,
  ) {}

  server(name: string): TestHomeserver {
    const found = this.servers.find(({ serverName }) => serverName === name);
    if (!found) throw new Error(`there is no server ${name}`);
    return found;
  }

  /** One more server. */
  async addServer(name: string): Promise<TestHomeserver> {
    const { config = {}, unread: _unread, databaseOf, ...more } = this.options;
    const given = typeof config === 'function' ? config(name) : config;
    const server = await startHomeserver({
      ...more,
      ...(databaseOf && { database: await databaseOf(name) }),
      dns: this.#dnsOf(name),
      config: this.#configOf(name, given),
    });
    this.servers.push(server);
    await this.#join({ name, port: () => portOf(server) });
    return server;
  }

  /** A server that the test plays by hand. */
  async fakeServer(name: string, certifiedNames?: readonly string[], address?: string): Promise<FakeServer> {
    const fake = await FakeServer.start(name, this.authority, certifiedNames, address);
    this.#fakes.push(fake);
    this.dns.services.set(`_matrix-fed._tcp.${name}`, [{ target: 'fakes.test', port: fake.port }]);
    this.dns.hosts.set('fakes.test', ['127.0.0.1']);
    return fake;
  }

  /** Nothing passes between two servers any more, in neither direction. */
  cut(a: string, b: string): void {
    this.link(a, b).cut();
    this.link(b, a).cut();
  }

  heal(a: string, b: string): void {
    this.link(a, b).heal();
    this.link(b, a).heal();
  }

  /** The way from one to another: what one direction needs. */
  link(from: string, to: string): FederationLink {
    const link = this.#links.get(`${from} ${to}`);
    if (!link) throw new Error(`there is no way from ${from} to ${to}`);
    return link;
  }

  /** @throws Error when somebody said something that the spec forbids */
  async stop(): Promise<void> {
    for (const server of this.servers) await server[Symbol.asyncDispose]();
    for (const link of this.#links.values()) await link.close();
    for (const fake of this.#fakes) await fake.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    const [first, ...others] = [...this.#violations, ...this.#fakes.flatMap(({ violations }) => violations)];
    if (first) throw new Error(`${first.message}\nand ${others.length} more against the spec`, { cause: first });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #join(member: Member): Promise<void> {
    for (const other of this.#members) {
      await this.#connect(member.name, other);
      await this.#connect(other.name, member);
    }
    this.#members.push(member);
  }

  async #connect(from: string, { name: to, port }: Member): Promise<void> {
    const authority = this.authority.certificate;
    const link = await FederationLink.open({
      from,
      to,
      port,
      tls: this.options.unread ? undefined : { ...this.authority.issue([to]), authority },
      onExchange: (exchange) => this.exchanges.push(exchange),
      onViolation: (error) => this.#violations.push(error),
    });
    this.#links.set(`${from} ${to}`, link);
  }

  #configOf(name: string, given: FederatedConfig): Partial<Config> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const { federation } = defaultConfig({ serverName: name, dataDir: folder });
    return {
      serverName: name,
      listeners: LISTENERS,
      tls: writePair(folder, 'tls', this.authority.issue([name])),
      ...given,
      federation: {
        ...federation,
        customCaPaths: [this.authority.writeTo(folder)],
        allowedRanges: ['127.0.0.0/8', '::1/128'],
        trustedKeyServers: [],
        ...given.federation,
      },
    };
  }

  /** Each server sees the others at the ends of its own links. */
  #dnsOf(from: string): Dns {
    const { dns } = this;
    return {
      addresses: async (host): Promise<readonly HostAddress[]> =>
        host === LINKS && !dns.hosts.has(host) ? [{ address: '127.0.0.1', family: 4 }] : dns.addresses(host),
      srv: async (name): Promise<readonly SrvRecord[]> => {
        const link = this.#links.get(`${from} ${name.replace(/^_matrix-fed\._tcp\./, '')}`);
        const isOverruled = !link || dns.services.has(name) || dns.broken.has(name);
        return isOverruled ? dns.srv(name) : [{ priority: 0, weight: 1, target: LINKS, port: link.port }];
      },
    };
  }
}

const LINKS = 'links.test';

const listener = { port: 0, bindAddresses: ['127.0.0.1'], trustedProxies: [] };
const LISTENERS: Config['listeners'] = [
  { ...listener, tls: false, resources: ['client', 'media', 'health'] },
  { ...listener, tls: true, resources: ['federation', 'keys', 'media'] },
];

function portOf({ addresses }: TestHomeserver): number {
  return addresses.find(({ tls }) => tls)?.port ?? 0;
}
