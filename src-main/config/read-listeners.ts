import { checkAddresses, checkRanges } from './addresses.js';
import type { ListenerConfig, ListenerResource } from './config.js';
import { DEFAULT_LISTENERS } from './defaults.js';
import type { KeyPath } from './document.js';
import type { Notes } from './notes.js';
import type { ListenerValues } from './schema.js';

/** What a name in `resources` stands for; Synapse serves media to whoever may ask as a client or as a server. */
const RESOURCES: Readonly<Record<string, readonly ListenerResource[]>> = {
  client: ['client', 'media'],
  federation: ['federation', 'keys', 'media'],
  keys: ['keys'],
  media: ['media'],
  metrics: ['metrics'],
  health: ['health'],
  openid: ['federation'],
  static: ['client'],
  consent: [],
  replication: [],
};
const EVERYTHING: readonly ListenerResource[] = ['client', 'federation', 'keys', 'media', 'health'];
const ANYWHERE = ['::', '0.0.0.0'];
const LOOPBACK_RANGES = ['127.0.0.0/8', '::1/128'];
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'];

/** The listeners of the file, or the ones that every server has. */
export function readListeners(values: readonly ListenerValues[] | undefined, notes: Notes): readonly ListenerConfig[] {
  if (values === undefined) return DEFAULT_LISTENERS;
  return values.flatMap((listener, i) => readListener(listener, ['listeners', i], notes));
}

function readListener(values: ListenerValues, at: KeyPath, notes: Notes): ListenerConfig[] {
  const warn = (key: string, sentence: string) => {
    notes.warn([...at, key], sentence);
    return [];
  };
  if (values.path !== undefined) return warn('path', 'Unix sockets are not supported yet: this listener is left out.');
  if (values.type === 'manhole' || values.type === 'replication') {
    return warn('type', `A ${values.type} listener belongs to Synapse itself: it is left out.`);
  }
  if (values.port === undefined) {
    notes.problem(at, '`port` is missing; it must be a whole number from 0 to 65535.');
    return [];
  }
  if (values.additional_resources) warn('additional_resources', '`additional_resources` are Python and left out.');
  if (values.request_id_header)
    warn('request_id_header', '`request_id_header` has no effect: requests have numbers of their own.');
  if (values.resources?.some(({ compress }) => compress)) {
    warn('resources', '`compress` has no effect: a proxy in front of the server may compress.');
  }
  const bindAddresses = addressesOf(values);
  checkAddresses(bindAddresses, [...at, 'bind_addresses'], notes);
  checkRanges(values.trusted_proxies, [...at, 'trusted_proxies'], notes);
  return [
    {
      port: values.port,
      bindAddresses,
      tls: values.tls ?? false,
      trustedProxies: trusted(values),
      resources: values.type === 'metrics' ? ['metrics', 'health'] : resourcesOf(values, at, notes),
    },
  ];
}

function addressesOf({ bind_address, bind_addresses }: ListenerValues): readonly string[] {
  const named = [bind_address ?? [], bind_addresses ?? []].flat();
  return named.length > 0 ? [...new Set(named)] : ANYWHERE;
}

/** Without a list of its own, a listener believes proxies on this computer and, when it is bound wider, on the networks around it. */
function trusted(values: ListenerValues): readonly string[] {
  if (values.trusted_proxies) return values.trusted_proxies;
  if (!values.x_forwarded) return [];
  return isLoopbackOnly(addressesOf(values)) ? LOOPBACK_RANGES : [...LOOPBACK_RANGES, ...PRIVATE_RANGES];
}

function resourcesOf(values: ListenerValues, at: KeyPath, notes: Notes): readonly ListenerResource[] {
  if (values.resources === undefined) return EVERYTHING;
  const served = new Set<ListenerResource>(['health']);
  for (const [i, { names }] of values.resources.entries()) {
    for (const name of [names ?? []].flat()) {
      const meant = RESOURCES[name];
      for (const resource of meant ?? []) served.add(resource);
      if (meant) continue;
      const allowed = Object.keys(RESOURCES).join(', ');
      const sentence = `A resource must be one of ${allowed}, not ${JSON.stringify(name)}.`;
      notes.problem([...at, 'resources', i, 'names'], sentence);
    }
  }
  return [...served];
}

/** Whether nobody but this computer can reach a listener. */
export const isLoopbackOnly = (addresses: readonly string[]): boolean =>
  addresses.every((address) => address === '::1' || address === 'localhost' || address.startsWith('127.'));
