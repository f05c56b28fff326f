import type { OwnAddress } from '../../net/interfaces.js';
import type { PortUse } from '../../net/port-use.js';
import type { ReachMark } from '../contract.js';

/** Programs that serve web sites, and could pass requests on. */
const WEB_SERVERS = /^(?:nginx|caddy|apache2|httpd|haproxy|traefik|lighttpd|envoy)/i;

/** What can be said of each way from what this computer shows; whether the router or the provider plays along is not. */
export function reachMarks(addresses: readonly OwnAddress[], ports: readonly PortUse[]): ReachMark[] {
  return [...home(addresses), ...direct(addresses, ports), ...proxy(ports), ...tunnel(addresses)];
}

const v4 = (addresses: readonly OwnAddress[], kind: OwnAddress['kind']) =>
  addresses.find((each) => each.family === 4 && each.kind === kind);

function home(addresses: readonly OwnAddress[]): ReachMark[] {
  const own = v4(addresses, 'private') ?? addresses[0];
  if (!own) return [{ mode: 'home', tone: 'warn', code: 'NO_NETWORK', fields: {} }];
  return [{ mode: 'home', tone: 'good', code: 'HOME_ADDRESS', fields: { address: own.address } }];
}

function direct(addresses: readonly OwnAddress[], ports: readonly PortUse[]): ReachMark[] {
  const taken = ports.find(({ port, state }) => port === 443 && state === 'taken');
  const mark = (tone: ReachMark['tone'], code: ReachMark['code'], fields: ReachMark['fields'] = {}): ReachMark => ({
    mode: 'direct',
    tone,
    code,
    fields,
  });
  const marks = taken ? [mark('warn', 'PORT_TAKEN', { program: taken.program ?? 'unknown' })] : [];
  const [open, inner] = [v4(addresses, 'public'), v4(addresses, 'private')];
  if (open) return [...marks, mark('good', 'PUBLIC_ADDRESS', { address: open.address })];
  if (v4(addresses, 'shared')) return [...marks, mark('warn', 'SHARED_ADDRESS')];
  if (inner) return [...marks, mark('info', 'BEHIND_ROUTER', { address: inner.address })];
  if (addresses.some(({ kind }) => kind === 'public')) return [...marks, mark('warn', 'ONLY_IPV6')];
  return [...marks, mark('warn', 'NO_NETWORK')];
}

function proxy(ports: readonly PortUse[]): ReachMark[] {
  const taken = (wanted: number) => ports.find(({ port, state }) => port === wanted && state === 'taken');
  const found = taken(443) ?? taken(80);
  const isKnown = found && (found.program === undefined || WEB_SERVERS.test(found.program));
  if (!isKnown) return [{ mode: 'proxy', tone: 'info', code: 'NO_WEB_SERVER', fields: {} }];
  const fields = { program: found.program ?? 'unknown', port: found.port };
  return [{ mode: 'proxy', tone: 'good', code: 'WEB_SERVER_HERE', fields }];
}

function tunnel(addresses: readonly OwnAddress[]): ReachMark[] {
  const own = addresses.find(({ kind }) => kind === 'tunnel');
  if (own) return [{ mode: 'tunnel', tone: 'good', code: 'TUNNEL_HERE', fields: { link: own.link } }];
  return [{ mode: 'tunnel', tone: 'info', code: 'WORKS_ANYWHERE', fields: {} }];
}
