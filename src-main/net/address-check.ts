import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** Which addresses requests to places chosen by strangers may reach. */
export class AddressCheck {
  readonly #denied: readonly Range[];
  readonly #allowed: readonly Range[];

  /**
   * @param denied addresses and CIDR ranges
   * @param allowed exceptions to them
   */
  constructor(denied: readonly string[], allowed: readonly string[]) {
    this.#denied = [...ALWAYS_DENIED, ...denied].map(toRange);
    this.#allowed = allowed.map(toRange);
  }

  /** False also for what is no address. An IPv6 address that carries an IPv4 address counts as both. */
  isAllowed(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    return formsOf(ipaddr.process(address)).every((form) => isIn(form, this.#allowed) || !isIn(form, this.#denied));
  }
}

/** "This host": on many systems the loopback by another name. */
const ALWAYS_DENIED = ['0.0.0.0', '::'];

const isIn = (address: Address, ranges: readonly Range[]): boolean =>
  ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));

function toRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** An address and the IPv4 address that a translator would make of it (NAT64, 6to4, Teredo leaves it in clear nowhere). */
function formsOf(address: Address): Address[] {
  if (!(address instanceof ipaddr.IPv6)) return [address];
  const bytes = address.toByteArray();
  if (address.range() === 'rfc6052') return [address, ipaddr.fromByteArray(bytes.slice(12))];
  if (address.range() === '6to4') return [address, ipaddr.fromByteArray(bytes.slice(2, 6))];
  return [address];
}
