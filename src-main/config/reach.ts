import type { Config } from './config.js';
import { readDocument } from './document.js';
import { isLoopbackOnly } from './read-listeners.js';
import type { Edit } from './save.js';
import type { FileValues, ListenerValues } from './schema.js';

/**
 * Who can reach a server, and on which way. `loopback`: this computer only; `home`: every device on the home network;
 * `direct`: everybody, straight to this computer; `front`: everybody, by way of a web server or a tunnel that speaks TLS
 * in front of it.
 */
export type ReachKind = 'loopback' | 'home' | 'direct' | 'front';

/** What a way to be reached is written into the configuration from. */
export interface ReachPlan {
  readonly kind: ReachKind;
  /** the name by which `direct` and `front` are reached from everywhere: the server name, or another */
  readonly host: string;
  readonly serverName: string;
  readonly plainPort: number;
  /** for `home` and `direct` */
  readonly tlsPort: number;
  /** where the web server in front is; undefined: on this computer */
  readonly frontAddress?: string | undefined;
}

const EVERYWHERE = ['::', '0.0.0.0'];
const LOOPBACK = ['::1', '127.0.0.1'];
const RESOURCES = [{ names: ['client', 'federation'] }];

/** The settings that make it so. Listeners that serve neither clients nor servers stay as they are. */
export function reachEdits(plan: ReachPlan, others: readonly ListenerValues[] = []): Edit[] {
  const { kind, host, serverName } = plan;
  const isOutside = kind === 'direct' || kind === 'front';
  return [
    { path: ['public_baseurl'], value: isOutside ? `https://${host}/` : undefined },
    // Where another site has the name, that site says where this server is.
    { path: ['serve_server_wellknown'], value: isOutside && host === serverName ? true : undefined },
    { path: ['listeners'], value: [...listenersOf(plan), ...others] },
  ];
}

function listenersOf({ kind, plainPort, tlsPort, frontAddress }: ReachPlan): ListenerValues[] {
  const plain = { port: plainPort, type: 'http', tls: false, bind_addresses: LOOPBACK, resources: RESOURCES } as const;
  const secure = { port: tlsPort, type: 'http', tls: true, bind_addresses: EVERYWHERE, resources: RESOURCES } as const;
  if (kind === 'loopback') return [plain];
  if (kind === 'home') return [{ ...plain, bind_addresses: EVERYWHERE }, secure];
  if (kind === 'direct') return [plain, secure];
  if (frontAddress === undefined) return [{ ...plain, x_forwarded: true }];
  return [{ ...plain, bind_addresses: EVERYWHERE, x_forwarded: true, trusted_proxies: [frontAddress, ...LOOPBACK] }];
}

/** Which way a configuration has. */
export function reachOf({ listeners, publicBaseUrl }: Pick<Config, 'listeners' | 'publicBaseUrl'>): ReachKind {
  const open = listeners.filter(({ bindAddresses, resources }) => serves(resources) && !isLoopbackOnly(bindAddresses));
  if (publicBaseUrl === undefined) return open.length === 0 ? 'loopback' : 'home';
  return open.some(({ tls }) => tls) ? 'direct' : 'front';
}

const serves = (resources: readonly string[]): boolean =>
  resources.includes('client') || resources.includes('federation');

/** The name by which a server is reached from everywhere: where clients are sent, else its own. */
export const hostOfReach = ({ publicBaseUrl, serverName }: Pick<Config, 'publicBaseUrl' | 'serverName'>): string =>
  publicBaseUrl === undefined ? serverName.replace(/:\d+$/, '') : new URL(publicBaseUrl).host;

/** Listeners of a configuration file that a change of way leaves alone: metrics, health and what is not ours to judge. */
export function otherListeners(path: string): ListenerValues[] {
  const values = readDocument([path]).values as Partial<FileValues>;
  return (values.listeners ?? []).filter((listener) => {
    const names = (listener.resources ?? []).flatMap((resource) => [resource.names ?? []].flat());
    const isMain = listener.resources === undefined || names.some((name) => name === 'client' || name === 'federation');
    return listener.type !== undefined && listener.type !== 'http' ? true : !isMain;
  });
}
