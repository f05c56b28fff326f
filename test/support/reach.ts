import type { Config } from '../../src-main/config/config.js';
import type { CheckOptions, ReachReport, Step, StepName } from '../../src-main/matrix/diagnostics/index.js';
import type { Connections } from '../../src-main/net/connections.js';
import type { HostAddress } from '../../src-main/net/dns.js';
import type { Network } from '../../src-main/net/network.js';
import { FakeRoom } from './fake-room.js';
import { type FakeRequest, FakeServer, federationUrl, startFederation, type TestFederation } from './federation.js';
import type { HomeserverOptions, TestHomeserver } from './homeserver.js';
import { Agent, request } from 'undici';

export const OWN = 'hs1.test';
export const PARTNER = 'partner.test';
/** from a range that is nobody's, so that it counts as one that all can reach */
export const PUBLIC: HostAddress = { address: '8.8.4.4', family: 4 };

export interface ReachOptions {
  readonly config?: Partial<Omit<Config, 'federation'>>;
  readonly addresses?: () => HostAddress[];
  readonly clock?: HomeserverOptions['clock'];
  /** no other server shares a room with ours */
  readonly isAlone?: boolean;
}

/** A server that others can reach, with its web site and one other server that it shares a room with, on loopback. */
export async function startReach(options: ReachOptions = {}): Promise<TestReach> {
  const sites = new Map<string, number>();
  const listener = { port: 0, bindAddresses: ['127.0.0.1'], trustedProxies: ['127.0.0.1'] };
  const federation = await startFederation([OWN], {
    network: (real) => withSites(real, sites),
    addresses: options.addresses ?? (() => [PUBLIC]),
    ...(options.clock ? { clock: options.clock } : {}),
    config: {
      publicBaseUrl: `https://${OWN}/`,
      listeners: [
        { ...listener, tls: false, resources: ['client', 'media', 'health'] },
        { ...listener, tls: true, resources: ['federation', 'keys', 'media'] },
      ],
      ...options.config,
    },
  });
  const reach = new TestReach(federation, sites);
  await reach.begin(options.isAlone ?? false);
  return reach;
}

export class TestReach {
  /** answers at port 443 of the name, on 127.0.0.1 */
  site!: FakeServer;
  partner: FakeServer | undefined;
  readonly #extra: FakeServer[] = [];

  constructor(
    readonly federation: TestFederation,
    readonly sites: Map<string, number>,
  ) {}

  get server(): TestHomeserver {
    const [own] = this.federation.servers;
    if (!own) throw new Error('there is no server');
    return own;
  }

  get dns() {
    return this.federation.dns;
  }

  async begin(isAlone: boolean): Promise<void> {
    this.site = await this.siteAt('127.0.0.1');
    this.sites.set(OWN, this.site.port);
    this.dns.hosts.set(OWN, ['127.0.0.1']);
    this.leadTo(Number(new URL(federationUrl(this.server)).port));
    if (!isAlone) this.partner = await this.#sharesARoom();
  }

  /** Where our name leads other servers. */
  leadTo(port: number, address = '127.0.0.1'): void {
    this.dns.services.set(`_matrix-fed._tcp.${OWN}`, [{ target: 'way.test', port }]);
    this.dns.hosts.set('way.test', [address]);
  }

  /** A web site of our name at one more address: says what our server would. */
  async siteAt(address: string): Promise<FakeServer> {
    const site = await FakeServer.start(OWN, this.federation.authority, [OWN], address);
    this.#extra.push(site);
    this.sites.set(address, site.port);
    site.on('GET', '/.well-known/matrix/client', {
      body: { 'm.homeserver': { base_url: `https://${OWN}` } },
      headers: { 'access-control-allow-origin': '*' },
      isWrong: true,
    });
    site.on('GET', '/_matrix/client/versions', {
      body: { versions: ['v1.11'] },
      headers: { 'access-control-allow-origin': '*' },
      isWrong: true,
    });
    return site;
  }

  /** Something between the world and our server, which does with requests what it likes. */
  async proxy(change: (request: FakeRequest) => Partial<{ uri: string; status: number; body: string }> = () => ({})) {
    const proxy = await FakeServer.start(OWN, this.federation.authority);
    this.#extra.push(proxy);
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    for (const method of ['GET', 'PUT', 'POST']) {
      proxy.on(method, /./, async (asked) => {
        const { uri = asked.uri, status, body } = change(asked);
        if (status !== undefined) return { status, body: body ?? '<h1>no</h1>' };
        const { connection: _connection, 'content-length': _length, ...headers } = asked.headers;
        const reply = await request(`${federationUrl(this.server)}${uri}`, {
          method: asked.method as 'GET',
          dispatcher: agent,
          headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          body: asked.body === undefined ? null : JSON.stringify(asked.body),
        });
        return {
          status: reply.statusCode,
          body: await reply.body.text(),
          headers: { 'content-type': 'application/json' },
        };
      });
    }
    this.leadTo(proxy.port);
    return proxy;
  }

  /** A server with our name that is another. */
  async impostor(names: readonly string[] = [OWN], authority = this.federation.authority): Promise<FakeServer> {
    const other = await FakeServer.start(OWN, authority, names);
    this.#extra.push(other);
    this.leadTo(other.port);
    return other;
  }

  check(options?: CheckOptions): Promise<ReachReport> {
    return this.server.homeserver.reach.check(options);
  }

  /** How one step is. */
  async step(name: StepName): Promise<Step | undefined> {
    return (await this.check({ only: [name] })).steps.find((step) => step.name === name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const fake of this.#extra) await fake.stop();
    await this.federation.stop();
  }

  /** The partner looks from outside when it is asked for our keys. */
  async #sharesARoom(): Promise<FakeServer> {
    const partner = await this.federation.fakeServer(PARTNER);
    const room = new FakeRoom(partner, '12').letIn();
    partner.on('PUT', /\/send\//, { body: { pdus: {} } });
    partner.on('GET', /\/query\/profile/, { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'nobody' } });
    partner.on('POST', '/_matrix/key/v2/query', async () => {
      const { body } = await partner.ask(this.server, 'GET', '/_matrix/key/v2/server');
      return { body: { server_keys: [body] } };
    });
    const alice = await this.server.register('alice');
    await alice.join(room.roomId, PARTNER);
    return partner;
  }
}

/** Port 443 of an address is where a test plays its web site. */
function withSites(real: Network, sites: ReadonlyMap<string, number>): Network {
  const { toServers } = real;
  const ask: Connections['request'] = (place, exchange) => {
    const port = place.port === 443 ? (sites.get(place.host) ?? 1) : place.port;
    return toServers.request({ ...place, port }, exchange);
  };
  return { ...real, toServers: Object.assign(Object.create(toServers) as Connections, { request: ask }) };
}
