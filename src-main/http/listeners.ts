import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { ListenerConfig, ListenerResource } from '../config/config.js';
import type { App } from './app.js';
import { plainAddress, ProxyTrust } from './client-address.js';

/** Certificate and key that TLS listeners serve, now and when they change. The floor of TLS fills this. */
export interface SecureContexts {
  current(): SecureContextOptions;
  /** Calls `changed` at each change, until the returned function is called. */
  onChange(changed: () => void): () => void;
}

/** Where a listener really listens. */
export interface ListenerAddress {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  readonly resources: readonly ListenerResource[];
}

export interface Listeners {
  readonly addresses: readonly ListenerAddress[];
  /** Takes no more connections, ends long polls, lets the rest finish for 9 s, and then cuts it off. */
  close(): Promise<void>;
}

export interface ListenDeps {
  readonly listeners: readonly ListenerConfig[];
  readonly app: App;
  /** required when a listener has TLS */
  readonly tls: SecureContexts | undefined;
  readonly log: Logger;
  readonly limits?: Partial<ConnectionLimits>;
}

export interface ConnectionLimits {
  /** open connections of one address; a trusted proxy may have any number */
  readonly socketsPerAddress: number;
  /** how long requests that are being answered may take once the server stops */
  readonly drain: Milliseconds;
  /** how long the header of a request may take to arrive */
  readonly headers: Milliseconds;
}

/** Enough for a large office or a phone network behind one address. */
const LIMITS: ConnectionLimits = { socketsPerAddress: 1000, drain: 9000, headers: 20_000 };
/** Bodies have their own limits in body.ts; node's would count a large upload over a slow line as an attack. */
const NO_LIMIT = 0;
/** Longer than the idle time of common reverse proxies (60 s), so that it is they who close idle connections. */
const KEEP_ALIVE = 75_000;
/** A long poll may be silent for as long as a client asks; whoever reads nothing for this long is gone. */
const IDLE = 10 * 60_000;
/** /sync filters travel in the request line. */
const MAX_HEADER = 32 * 1024;

/** Ports asked of the system until one is free on every address. */
const TRIES = 10;

/**
 * Opens all listeners of the configuration: when it resolves, every one of them answers.
 *
 * @throws Error when an address cannot be bound; what was open by then is closed
 */
export async function listen(deps: ListenDeps): Promise<Listeners> {
  const limits = { ...LIMITS, ...deps.limits };
  const open: OpenServer[] = [];
  const close = async () => {
    deps.app.stop();
    await Promise.all(open.map((server) => drain(server, limits.drain)));
  };
  try {
    for (const listener of deps.listeners) await bindAll(deps, listener, limits, open);
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses: open.map(({ address }) => address), close };
}

interface OpenServer {
  readonly server: Server | TlsServer;
  readonly address: ListenerAddress;
  release(): void;
}

/** A port that the system chose for one address may be taken on another: then it is asked for another port. */
async function bindAll(deps: ListenDeps, listener: ListenerConfig, limits: ConnectionLimits, open: OpenServer[]) {
  const before = open.length;
  for (let tries = listener.port === 0 ? TRIES : 1; ; tries -= 1) {
    try {
      return await bindEach(deps, listener, limits, open);
    } catch (error) {
      const isTaken = error instanceof Error && codeOf(error.cause) === 'EADDRINUSE';
      if (!isTaken || tries <= 1) throw error;
      for (const { server, release } of open.splice(before)) {
        server.close();
        release();
      }
    }
  }
}

/** One server for each address; the port that the system chose for the first is the port of the others. */
async function bindEach(deps: ListenDeps, listener: ListenerConfig, limits: ConnectionLimits, open: OpenServer[]) {
  const answer = deps.app.listener(listener);
  let { port } = listener;
  let missing: Error | undefined;
  const before = open.length;
  for (const host of listener.bindAddresses) {
    const { server, release } = createListener(deps, listener, answer, limits);
    try {
      const bound = await bind(server, { host, port, ipv6Only: ownsItsFamily(host, listener) });
      ({ port } = bound);
      open.push({ server, release, address: { ...bound, tls: listener.tls, resources: listener.resources } });
      deps.log.info('listening', { ...bound, tls: listener.tls });
    } catch (error) {
      release();
      const failure = new Error(whyNotBound(host, port, error), { cause: error });
      if (!isMissingFamily(error)) throw failure;
      missing = failure;
      deps.log.warn('address left out: this machine does not have it', { address: host, port });
    }
  }
  if (missing && open.length === before) throw missing;
}

/** Alone, `::` stands for IPv4 too; beside `0.0.0.0` it must leave the port free for it. */
const ownsItsFamily = (host: string, { bindAddresses }: ListenerConfig) =>
  host.includes(':') && bindAddresses.some((other) => !other.includes(':'));

/** A machine without IPv6 has neither `::` nor `::1`. */
const isMissingFamily = (error: unknown) => ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error));

const codeOf = (error: unknown) => String((error as { code?: unknown } | undefined)?.code ?? '');

function whyNotBound(host: string, port: number, error: unknown): string {
  const where = `port ${port} of ${host}`;
  if (codeOf(error) === 'EADDRINUSE') return `${where} is in use by another program`;
  if (codeOf(error) === 'EACCES') return `${where} may not be opened: ports below 1024 need a right of their own`;
  return `${where} could not be opened: ${error instanceof Error ? error.message : String(error)}`;
}

function createListener(deps: ListenDeps, listener: ListenerConfig, answer: RequestListener, limits: ConnectionLimits) {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER,
    headersTimeout: limits.headers,
    requestTimeout: NO_LIMIT,
    keepAliveTimeout: KEEP_ALIVE,
    connectionsCheckingInterval: Math.min(limits.headers, 5000),
  };
  const { server, release } = listener.tls ? createSecure(deps, options, answer) : createPlain(options, answer);
  server.setTimeout(IDLE);
  const trust = new ProxyTrust(listener.trustedProxies);
  server.on('connection', boundByAddress(limits.socketsPerAddress, trust));
  return { server, release };
}

const createPlain = (options: ServerOptions, answer: RequestListener) => ({
  server: createServer(options, answer),
  release: () => undefined,
});

const secured = (context: SecureContextOptions) => ({ ...context, minVersion: 'TLSv1.2' as const });

function createSecure({ tls, log }: ListenDeps, options: ServerOptions, answer: RequestListener) {
  if (!tls) throw new Error('a listener with TLS needs a certificate');
  const server = createTlsServer({ ...options, ...secured(tls.current()), ALPNProtocols: ['http/1.1'] }, answer);
  server.on('tlsClientError', (error) => log.debug('TLS handshake failed', { code: codeOf(error) }));
  return { server, release: tls.onChange(() => server.setSecureContext(secured(tls.current()))) };
}

function boundByAddress(most: number, trust: ProxyTrust) {
  const open = new Map<string, number>();
  return (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (trust.isTrusted(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  };
}

function bind(server: Server | TlsServer, where: ListenOptions): Promise<{ address: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const { address, port } = server.address() as AddressInfo;
      resolve({ address, port });
    });
  });
}

/** How often connections that have become idle are closed while the rest is waited for. */
const SWEEP_EVERY: Milliseconds = 50;

async function drain({ server, release }: OpenServer, limit: Milliseconds): Promise<void> {
  release();
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), limit);
    // One whose reply is just leaving is not idle yet, and its client may keep it open.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
