import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../../config/config.js';
import type { ListenerAddress } from '../../http/listeners.js';

/** This computer's address on the home network, as others there see it; undefined where there is no network. */
export function homeAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    ?.address;
}

const LOOPBACK = /^(?:127\.|::1$)/;
const EVERYWHERE = /^(?:0\.0\.0\.0|::)$/;

/** Where people's apps find the server: what the configuration says, else what a listener for clients can be reached by. */
export function clientAddress(config: Config, open: readonly ListenerAddress[]): string | undefined {
  if (config.publicBaseUrl !== undefined) return config.publicBaseUrl.replace(/\/$/, '');
  const serving = open.filter(({ resources }) => resources.includes('client'));
  const plain = serving.filter(({ tls }) => !tls);
  const best = plain.find(({ address }) => EVERYWHERE.test(address)) ?? plain[0] ?? serving[0];
  return best && addressOf(best);
}

function addressOf({ address, port, tls }: ListenerAddress): string {
  const host = EVERYWHERE.test(address) ? (homeAddress() ?? 'localhost') : hostOf(address);
  return `${tls ? 'https' : 'http'}://${host}:${port}`;
}

function hostOf(address: string): string {
  if (LOOPBACK.test(address)) return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

const TRIES = 20;

/** `wanted`, or the next port above it that nobody listens on; 0 stays 0. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port !== 0 && port < wanted + TRIES; port += 1) {
    if (await isFree(port)) return port;
  }
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}
