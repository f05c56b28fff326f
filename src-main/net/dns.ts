/** An address that a name stands for. */
export interface HostAddress {
  /** dotted, or IPv6 without brackets and zone */
  readonly address: string;
  readonly family: 4 | 6;
}

/** One server of a service. @see https://www.rfc-editor.org/rfc/rfc2782 */
export interface SrvRecord {
  /** the lowest first */
  readonly priority: number;
  /** among equals, how often to be chosen */
  readonly weight: number;
  readonly port: number;
  /** a name without a dot at the end */
  readonly target: string;
}

/** A name could not be asked for: that there is nothing under it is no failure, but an empty answer. */
export class DnsError extends Error {
  override readonly name = 'DnsError';
}

/** What the house asks of the domain name system. */
export interface Dns {
  /**
   * The addresses of a host, of both families; none when there are none.
   *
   * @throws DnsError
   */
  addresses(host: string): Promise<readonly HostAddress[]>;
  /**
   * The servers of a service such as `_matrix-fed._tcp.example.org`, in no order; none when there are none.
   *
   * @throws DnsError
   */
  srv(name: string): Promise<readonly SrvRecord[]>;
}
