import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { Cache, Caches } from '../base/caches.js';
import type { Clock, Milliseconds } from '../base/clock.js';
import { Semaphore } from '../base/semaphore.js';
import { type Dns, DnsError, type HostAddress, type SrvRecord } from './dns.js';
import { HostsFile } from './hosts-file.js';

const SECOND: Milliseconds = 1000;
/** Answers are kept for as long as they say, within these bounds. */
const SHORTEST = 10 * SECOND;
const LONGEST = 600 * SECOND;
/** Node does not say for how long SRV records are good. */
const SRV_KEPT = 300 * SECOND;
/** That there is nothing. */
const NOTHING_KEPT = 60 * SECOND;
const READ_SERVERS_EVERY = 60 * SECOND;
const AT_ONCE = 64;
const MOST_RECORDS = 32;

interface Kept<T> {
  readonly answer: readonly T[];
  readonly until: Milliseconds;
}

export interface SystemDnsDeps {
  readonly caches: Caches;
  readonly clock: Clock;
  /** instead of this machine's */
  readonly hosts?: HostsFile;
  /** addresses with ports, instead of those that this machine is set up with */
  readonly nameServers?: readonly string[];
}

/**
 * The domain name system by way of the servers that this machine is set up with, and its file of names. It does not ask
 * the system's own resolver, which takes a thread for each question, from the few that disks are written with.
 */
export class SystemDns implements Dns {
  #resolver: Resolver | undefined;
  #readAt: Milliseconds = 0;
  readonly #places = new Semaphore(AT_ONCE);
  readonly #hosts: HostsFile;
  readonly #addresses: Cache<string, Kept<HostAddress>>;
  readonly #srv: Cache<string, Kept<SrvRecord>>;
  /** questions that are being asked, so that nobody asks them again */
  readonly #asked = new Map<string, Promise<readonly unknown[]>>();

  constructor(private readonly deps: SystemDnsDeps) {
    this.#hosts = deps.hosts ?? new HostsFile(deps.clock);
    this.#addresses = deps.caches.lru('addresses of hosts', { share: 0.001, entryBytes: 400 });
    this.#srv = deps.caches.lru('service records', { share: 0.001, entryBytes: 400 });
  }

  async addresses(host: string): Promise<readonly HostAddress[]> {
    const own = await this.#hosts.addresses(host);
    if (own.length > 0) return own.map(toAddress);
    return this.#remember(this.#addresses, host, () => this.#ask(`addresses ${host}`, () => this.#bothFamilies(host)));
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#remember(this.#srv, name, () => this.#ask(`srv ${name}`, () => this.#services(name)));
  }

  /** Knows the name servers of when it was made, and a computer that is carried about gets others. */
  #current(): Resolver {
    const { clock, nameServers } = this.deps;
    const now = clock.now();
    if (this.#resolver && Math.abs(now - this.#readAt) < READ_SERVERS_EVERY) return this.#resolver;
    this.#readAt = now;
    this.#resolver = new Resolver({ timeout: 3 * SECOND, tries: 2 });
    if (nameServers) this.#resolver.setServers(nameServers);
    return this.#resolver;
  }

  async #remember<T extends {}>(
    cache: Cache<string, Kept<T>>,
    name: string,
    ask: () => Promise<readonly (T & { readonly ttl?: number })[]>,
  ): Promise<readonly T[]> {
    const key = name.toLowerCase();
    const known = cache.get(key);
    const now = this.deps.clock.now();
    if (known && known.until > now && known.until < now + LONGEST + SECOND) return known.answer;
    const answer = (await ask()).slice(0, MOST_RECORDS);
    const kept = answer.length === 0 ? NOTHING_KEPT : keepFor(answer);
    cache.set(key, { answer, until: this.deps.clock.now() + kept });
    return answer;
  }

  #ask<T>(question: string, answer: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const key = question.toLowerCase();
    const running = this.#asked.get(key) as Promise<readonly T[]> | undefined;
    if (running) return running;
    const asked = this.#places.run(answer).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  /** One family may fail while the other answers: some name servers know no AAAA. */
  async #bothFamilies(host: string): Promise<(HostAddress & { ttl: number })[]> {
    const resolver = this.#current();
    const answers = await Promise.allSettled([
      resolver.resolve6(host, { ttl: true }),
      resolver.resolve4(host, { ttl: true }),
    ]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length === 0) for (const answer of answers) if (answer.status === 'rejected') noneOr(answer.reason, host);
    return found.map(({ address, ttl }) => ({ ...toAddress(address), ttl }));
  }

  async #services(name: string): Promise<SrvRecord[]> {
    try {
      const records = await this.#current().resolveSrv(name);
      return records.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target }));
    } catch (error) {
      return noneOr(error, name);
    }
  }
}

const toAddress = (address: string): HostAddress => ({ address, family: isIPv6(address) ? 6 : 4 });

function keepFor(answer: readonly { readonly ttl?: number }[]): Milliseconds {
  const ttl = Math.min(...answer.map((record) => (record.ttl === undefined ? SRV_KEPT : record.ttl * SECOND)));
  return Math.max(SHORTEST, Math.min(LONGEST, ttl));
}

/** That there is no such name or record is an answer. `EBADNAME`: nothing that could be a name. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'ENONAME']);

function noneOr(error: unknown, name: string): never[] {
  const code = String((error as { code?: unknown }).code ?? '');
  if (NOTHING.has(code)) return [];
  throw new DnsError(`the name ${name} could not be looked up (${code})`, { cause: error });
}
