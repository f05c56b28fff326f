import type { Config, ListenerConfig } from '../../config/config.js';
import type { ListenerAddress } from '../../http/listeners.js';
import { clientWellKnown, serverWellKnown } from '../../matrix/about/index.js';
import type { OwnAddress } from '../../net/interfaces.js';
import type { ConnectionState, SetupMode } from '../contract.js';
import { configuredCertificate } from './certificate-view.js';
import { choiceOf } from './reach-choice.js';

/** What runs, and where it listens. */
export interface RunningServer {
  readonly config: Config;
  readonly open: readonly ListenerAddress[];
}

export interface StateFacts {
  readonly now: number;
  readonly addresses: readonly OwnAddress[];
  readonly remembered: SetupMode | undefined;
  readonly clientAddress: string | undefined;
}

/** How clients and other servers look for a server of which they know the name. */
const HTTPS = 443;

/** All that leads to the server, as the configuration has it, and what of it is there now. */
export function connectionState(
  config: Config,
  running: RunningServer | undefined,
  { now, addresses, remembered, clientAddress }: StateFacts,
): ConnectionState {
  const choice = choiceOf(config, remembered);
  const { turn, rtcTransports, push } = config;
  const [client, server] = [clientWellKnown(config), serverWellKnown(config)];
  return {
    serverName: config.serverName,
    choice,
    publicBaseUrl: config.publicBaseUrl,
    clientAddress,
    listeners: config.listeners.map((listener) => listenerView(listener, running)),
    wellKnown: { server: server && JSON.stringify(server), client: client && JSON.stringify(client) },
    certificate: configuredCertificate(config, now),
    calls: {
      turnUris: turn.uris,
      turnAuth: turn.sharedSecret !== undefined ? 'secret' : turn.username !== undefined ? 'password' : 'none',
      rtcTransports: rtcTransports.map(({ type }) => String(type)),
    },
    push: { enabled: push.enabled, includesContent: push.includeContent },
    forwarding: choice.mode === 'direct' ? forwardingTo(config, running, addresses) : undefined,
    needsRestart: running !== undefined && differs(config, running.config),
  };
}

function listenerView(
  listener: ListenerConfig,
  running: RunningServer | undefined,
): ConnectionState['listeners'][number] {
  const { port, bindAddresses: addresses, tls, resources, trustedProxies } = listener;
  const isOpen = openAt(listener, running) !== undefined;
  return { addresses, port, tls, serves: resources, trustedProxies, isOpen };
}

/** A port that the system chose is known only while it runs. */
const openAt = ({ port, tls, bindAddresses }: ListenerConfig, running: RunningServer | undefined) =>
  running?.open.find(
    (each) => each.tls === tls && (port === 0 || each.port === port) && bindAddresses.includes(each.address),
  );

function forwardingTo(
  { listeners }: Config,
  running: RunningServer | undefined,
  addresses: readonly OwnAddress[],
): ConnectionState['forwarding'] {
  const listener = listeners.find(({ tls }) => tls);
  if (!listener) return undefined;
  const address = addresses.find(({ family, kind }) => family === 4 && kind === 'private')?.address;
  return { outside: HTTPS, address, inside: openAt(listener, running)?.port ?? listener.port };
}

/** What of this area is only read when the server starts. */
function differs(now: Config, then: Config): boolean {
  const parts = ({ listeners, publicBaseUrl, wellKnown, turn }: Config) =>
    JSON.stringify([listeners, publicBaseUrl, wellKnown.serveServer, turn.uris, turn.sharedSecret]);
  return parts(now) !== parts(then);
}
