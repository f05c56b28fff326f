import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/**
 * What an address of this computer is good for. `public`: the whole internet can reach it, unless something filters;
 * `private`: the network at home; `shared`: the provider's own network, behind which many customers have one address
 * (CGNAT); `tunnel`: a private network of computers elsewhere, such as Tailscale's or WireGuard's.
 */
export type AddressKind = 'public' | 'private' | 'shared' | 'tunnel';

export interface OwnAddress {
  readonly address: string;
  readonly family: 4 | 6;
  readonly kind: AddressKind;
  /** `eth0` */
  readonly link: string;
}

/** What an operating system tells of its network; tests give another. */
export type Interfaces = typeof networkInterfaces;

/** Interfaces of private networks over the internet, and those of containers and virtual machines. */
const TUNNELS = /^(?:tailscale|wg|tun|utun|zt|nebula|ppp-vpn)/i;
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|podman|cni|flannel|cali)/i;

/** The addresses of this computer by which others could reach it; none of the loopback and of one cable only. */
export function ownAddresses(interfaces: Interfaces = networkInterfaces): OwnAddress[] {
  return Object.entries(interfaces()).flatMap(([link, addresses = []]) =>
    VIRTUAL.test(link)
      ? []
      : addresses.flatMap(({ address, family, internal }) => {
          const kind = internal ? undefined : kindOf(address, link);
          return kind ? [{ address, family: family === 'IPv6' ? 6 : 4, kind, link } as const] : [];
        }),
  );
}

function kindOf(address: string, link: string): AddressKind | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const range = ipaddr.parse(address).range();
  if (range === 'linkLocal' || range === 'loopback' || range === 'unspecified') return undefined;
  if (TUNNELS.test(link)) return 'tunnel';
  if (range === 'carrierGradeNat') return 'shared';
  return range === 'unicast' ? 'public' : 'private';
}

/** Whether nobody outside can reach an address: it belongs to a home, to a computer itself, or to no one. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
