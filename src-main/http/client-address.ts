import ipaddr from 'ipaddr.js';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What a proxy may say of the request that it passes on. */
export interface Forwarded {
  /** the client's address, IPv4 in dotted form even when it came over IPv6 */
  readonly address: string;
  readonly protocol: 'http' | 'https';
}

/** Reads X-Forwarded-For and X-Forwarded-Proto of one listener's trusted proxies, and of nobody else. */
export class ProxyTrust {
  readonly #ranges: readonly Range[];

  /** @param trusted addresses and CIDR ranges; @throws Error for what is neither */
  constructor(trusted: readonly string[]) {
    this.#ranges = trusted.map(toRange);
  }

  isTrusted(address: string): boolean {
    if (this.#ranges.length === 0 || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#ranges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range[0], range[1]));
  }

  /**
   * Who really sent a request: each proxy adds the address that it saw at the end, so the last one that is not a
   * trusted proxy's counts, and nothing before it.
   */
  read(peer: string, isTls: boolean, header: (name: string) => string | undefined): Forwarded {
    const own = { address: plainAddress(peer), protocol: isTls ? 'https' : 'http' } as const;
    if (!this.isTrusted(own.address)) return own;
    const protocol = header('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase();
    return {
      address: this.#client(header('x-forwarded-for')) ?? own.address,
      protocol: protocol === 'https' || protocol === 'http' ? protocol : own.protocol,
    };
  }

  #client(forwardedFor: string | undefined): string | undefined {
    let client: string | undefined;
    for (const hop of forwardedFor?.split(',').toReversed() ?? []) {
      const address = hopAddress(hop);
      if (address === undefined) return client;
      client = address;
      if (!this.isTrusted(address)) return client;
    }
    return client;
  }
}

/** `::ffff:192.0.2.1` as `192.0.2.1`. */
export const plainAddress = (address: string) => (address.startsWith('::ffff:') ? address.slice(7) : address);

function toRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function hopAddress(hop: string): string | undefined {
  const bare = hop.trim();
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined;
}
