import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { HostAddress } from './dns.js';

/**
 * Where an address can be reached from: `public` everywhere, `shared` nowhere (a provider has many customers behind one
 * address), `home` in its own network only.
 */
export type AddressReach = 'public' | 'shared' | 'home';

/** The addresses of this computer that others may reach: without loopback and those of one cable. */
export function ownAddresses(): HostAddress[] {
  return Object.values(networkInterfaces()).flatMap((found = []) =>
    found
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
      .map(({ address, family }) => ({ address, family: family === 'IPv6' ? 6 : 4 })),
  );
}

export function reachOf(address: string): AddressReach {
  if (!ipaddr.isValid(address)) return 'home';
  const range = ipaddr.process(address).range();
  if (range === 'carrierGradeNat') return 'shared';
  return range === 'unicast' ? 'public' : 'home';
}
