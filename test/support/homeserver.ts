import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { type Clock, systemClock } from '../../src-main/base/clock.js';
import { type Logger, silentLogger } from '../../src-main/base/logger.js';
import type { Config, DatabaseConfig } from '../../src-main/config/config.js';
import { defaultConfig } from '../../src-main/config/defaults.js';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import type { ListenerAddress } from '../../src-main/http/listeners.js';
import { createHomeserver, type Homeserver, type Host } from '../../src-main/homeserver.js';
import type { Dns } from '../../src-main/net/dns.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { defaultDatabase } from './new-database.js';
import { ResponseCheck } from './openapi.js';
import { TestDns } from './test-dns.js';
import { sessionOf, type Target, TestClient, TestUser } from './test-client.js';

export interface HomeserverOptions {
  /** where to store; SQLite in a temporary folder unless said, here or by `HEARTH_TEST_DATABASE` */
  readonly database?: DatabaseConfig;
  /** wins over the configuration of tests, key by key of the first level */
  readonly config?: Partial<Config>;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly connectionLimits?: Host['connectionLimits'];
  /** knows no name unless said: no test asks the network */
  readonly dns?: Dns;
  readonly network?: Host['network'];
  readonly addresses?: Host['addresses'];
  readonly links?: Host['links'];
  /** room enough unless said */
  readonly spaceOf?: Host['spaceOf'];
}

const roomy = async () => ({ free: 200e9, total: 500e9 });
const SHARED_SECRET = 'the shared secret of tests';

/**
 * Starts the real server on a port of its own, with a data folder that goes away with it:
 * `await using one = await startHomeserver();`
 */
export async function startHomeserver(options: HomeserverOptions = {}): Promise<TestHomeserver> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hearth-test-'));
  const database = options.database ?? (await defaultDatabase());
  const server = new TestHomeserver(testConfig(dataDir, { ...options, database }), options);
  await server.start();
  return server;
}

/** A configuration for tests: registration open to all, passwords hashed cheaply, one plain listener on loopback. */
export function testConfig(dataDir: string, { config = {}, database }: HomeserverOptions = {}): Config {
  const base = defaultConfig({ serverName: 'hearth.test', dataDir });
  return {
    ...base,
    listeners: [
      {
        port: 0,
        bindAddresses: ['127.0.0.1'],
        tls: false,
        trustedProxies: [],
        resources: ['client', 'federation', 'keys', 'media', 'health'],
      },
    ],
    registration: { ...base.registration, enabled: true, withoutVerification: true, sharedSecret: SHARED_SECRET },
    passwords: { ...base.passwords, rounds: 4 },
    rateLimits: withoutLimits(base.rateLimits),
    ...(database ? { database } : {}),
    ...config,
  };
}

/** The same limits, so high that no test meets them. */
const withoutLimits = <T>(limits: T): T =>
  JSON.parse(JSON.stringify(limits), (key, value) => (key === 'perSecond' || key === 'burst' ? 1e6 : value)) as T;

/** A server under test. */
export class TestHomeserver implements Target {
  readonly clock: Clock;
  readonly dispatcher = new Agent({ pipelining: 1, connections: 256, connect: { rejectUnauthorized: false } });
  addresses: readonly ListenerAddress[] = [];
  #running: Homeserver | undefined;
  #responses: ResponseCheck | undefined;

  constructor(
    public config: Config,
    private readonly options: HomeserverOptions,
  ) {
    this.clock = options.clock ?? systemClock;
  }

  get serverName(): string {
    return this.config.serverName;
  }

  /** of the first listener, without a slash at the end */
  get url(): string {
    const [first] = this.addresses;
    if (!first) throw new Error('the server is not running');
    return `${first.tls ? 'https' : 'http'}://127.0.0.1:${first.port}`;
  }

  get endpoints(): readonly Endpoint[] {
    return this.homeserver.endpoints;
  }

  /** The house itself, for what cannot be seen over HTTP. */
  get homeserver(): Homeserver {
    if (!this.#running) throw new Error('the server is not running');
    return this.#running;
  }

  get responses(): ResponseCheck {
    this.#responses ??= new ResponseCheck(this.endpoints);
    return this.#responses;
  }

  /** Somebody without an account. */
  get stranger(): TestClient {
    return new TestClient(this);
  }

  /** A client with any access token. */
  withToken(accessToken: string): TestClient {
    return new TestClient(this, accessToken);
  }

  async start(): Promise<void> {
    const {
      log = silentLogger,
      connectionLimits,
      dns = new TestDns(),
      network,
      addresses,
      links,
      spaceOf = roomy,
    } = this.options;
    const host = { clock: this.clock, log, connectionLimits, dns, network, addresses, links, spaceOf };
    this.#running = await createHomeserver(this.config, host);
    this.addresses = await this.#running.start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.addresses = [];
    await running?.stop();
  }

  /** Stops and starts again with the same data, and with another configuration where given. */
  async restart(config: Partial<Config> = {}): Promise<void> {
    await this.stop();
    this.config = { ...this.config, ...config };
    await this.start();
  }

  /** Makes an account as a client would. */
  async register(
    name: string,
    more: { password?: string; displayName?: string; deviceId?: string } = {},
  ): Promise<TestUser> {
    const password = more.password ?? `correct horse ${name}`;
    const body = await this.stranger.ok('POST', '/register', {
      body: { username: name, password, device_id: more.deviceId, auth: { type: 'm.login.dummy' } },
    });
    const user = new TestUser(this, sessionOf(body, password));
    if (more.displayName !== undefined) await user.setDisplayName(more.displayName);
    return user;
  }

  /** Makes an administrator with the shared secret. */
  async registerAdmin(name: string): Promise<TestUser> {
    const path = '/_synapse/admin/v1/register';
    const password = `correct horse ${name}`;
    const { nonce } = await this.stranger.ok('GET', path);
    const mac = createHmac('sha1', SHARED_SECRET).update([nonce, name, password, 'admin'].join('\0')).digest('hex');
    const body = await this.stranger.ok('POST', path, { body: { nonce, username: name, password, admin: true, mac } });
    return new TestUser(this, sessionOf(body, password));
  }

  /** The id of a local user. */
  userId(name: string): UserId {
    return `@${name}:${this.serverName}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.dispatcher.close();
    await rm(this.config.dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}
