import { isIPv6 } from 'node:net';
import { type Dns, DnsError, type HostAddress, type SrvRecord } from '../../src-main/net/dns.js';

/** A domain name system that a test fills in. A name that is not there has nothing. */
export class TestDns implements Dns {
  /** addresses by host; every machine knows its own */
  readonly hosts = new Map<string, readonly string[]>([['localhost', ['127.0.0.1']]]);
  /** servers by `_service._tcp.name`; what is left out is 0 or 1 */
  readonly services = new Map<string, readonly (Partial<SrvRecord> & Pick<SrvRecord, 'target' | 'port'>)[]>();
  /** names that cannot be looked up */
  readonly broken = new Set<string>();
  /** all that was asked, in order */
  readonly asked: string[] = [];

  async addresses(host: string): Promise<readonly HostAddress[]> {
    this.#note(host);
    return (this.hosts.get(host) ?? []).map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  }

  async srv(name: string): Promise<readonly SrvRecord[]> {
    this.#note(name);
    return (this.services.get(name) ?? []).map((record) => ({ priority: 0, weight: 1, ...record }));
  }

  #note(name: string): void {
    this.asked.push(name);
    if (this.broken.has(name)) throw new DnsError(`the name ${name} could not be looked up (ESERVFAIL)`);
  }
}
