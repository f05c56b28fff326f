import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Pool } from 'undici';
import { abortable } from '../base/abort.js';
import type { Milliseconds } from '../base/clock.js';
import { Semaphore } from '../base/semaphore.js';
import type { Job } from '../base/supervisor.js';
import { type ConnectDeps, open, type Place } from './connect.js';
import { OutgoingError } from './outgoing-error.js';

export type { Place } from './connect.js';

/** One request on a connection. */
export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** path and query, as they go out */
  readonly path: string;
  /** names in lower case; `host` among them */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** ends everything, to the last byte of the answer */
  readonly signal: AbortSignal;
  /** may be sent again when the connection turns out to have been closed meanwhile */
  readonly isRepeatable: boolean;
}

/** The beginning of an answer; the body must be read or destroyed. */
export interface Incoming {
  readonly status: number;
  /** names in lower case; of several of a name the first */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

export interface ConnectionsDeps extends ConnectDeps {
  /** connections to one place at a time; further requests wait for one of them */
  readonly mostPerPlace: number;
}

/** Places whose connections are kept; the one used longest ago is given up first. */
const MOST_PLACES = 1000;
/** How long a connection is kept open for the next request; shorter when the other side says so. */
const KEEP_ALIVE: Milliseconds = 30_000;
const MAX_HEADERS = 32 * 1024;
/** Between two pieces of a body. */
const SILENCE: Milliseconds = 60_000;
/** The signal of each request says how long is waited for an answer. */
const NO_LIMIT = 0;

/** The connections to one place, and who waits for one. */
interface BoundedPool {
  readonly pool: Pool;
  readonly places: Semaphore;
}

/** Connections to other machines, kept open for a while, each opened to checked addresses only. */
export class Connections {
  /** Closes all connections when the server stops. */
  readonly job: Job = { name: 'net.connections', run: (signal) => this.#closeAtEnd(signal) };
  readonly #pools = new Map<string, BoundedPool>();
  readonly #sessions = new WeakMap<Pool, Buffer>();

  constructor(private readonly deps: ConnectionsDeps) {}

  /** @throws OutgoingError; the signal's reason when it aborts, unless that is a timeout */
  async request(place: Place, exchange: Exchange): Promise<Incoming> {
    try {
      return await this.#dispatch(place, exchange);
    } catch (error) {
      if (!exchange.isRepeatable || !isConnectionLost(error)) throw outgoingError(error, exchange.signal);
    }
    return await this.#dispatch(place, exchange).catch((error: unknown) => {
      throw outgoingError(error, exchange.signal);
    });
  }

  /** The pool itself would notice that nobody wants an answer any more only once it has a connection to ask on. */
  async #dispatch(place: Place, { method, path, headers, body, signal }: Exchange): Promise<Incoming> {
    const { pool, places } = this.#poolOf(place);
    const options = { method, path, headers: { ...headers }, body: body ?? null, signal, headersTimeout: NO_LIMIT };
    const reply = await abortable(
      places.run(() => pool.request(options), signal),
      signal,
    );
    return { status: reply.statusCode, headers: firstOfEach(reply.headers), body: reply.body };
  }

  #poolOf(place: Place): BoundedPool {
    const key = keyOf(place);
    const known = this.#pools.get(key);
    this.#pools.delete(key);
    const found = known ?? { pool: this.#newPool(place), places: new Semaphore(this.deps.mostPerPlace) };
    this.#pools.set(key, found);
    for (const [oldest, { pool }] of this.#pools) {
      if (this.#pools.size <= MOST_PLACES) break;
      this.#pools.delete(oldest);
      void pool.close();
    }
    return found;
  }

  #newPool(place: Place): Pool {
    const { host, port, tls } = place;
    const pool: Pool = new Pool(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      connections: this.deps.mostPerPlace,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      maxHeaderSize: MAX_HEADERS,
      bodyTimeout: SILENCE,
      connect: async (_options, done) => {
        const opened = await open(place, this.deps, this.#sessions.get(pool)).catch((error: Error) => error);
        if (opened instanceof Error) return done(opened, null);
        if (tls) (opened as TLSSocket).on('session', (session) => this.#sessions.set(pool, session));
        done(null, opened);
      },
    });
    return pool;
  }

  async #closeAtEnd(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await once(signal, 'abort');
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }
}

const keyOf = ({ host, port, tls }: Place): string =>
  `${tls ? `${tls.isVerified ? 'tls' : 'unverified'} ${tls.name}` : 'plain'} ${host} ${port}`;

function firstOfEach(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const one = Array.isArray(value) ? value[0] : value;
    if (one !== undefined) first[name] = one;
  }
  return first;
}

/** The other side closed the connection before it said anything: as it does with one that was idle too long. */
const isConnectionLost = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((error as { code?: unknown }).code ?? ''));

/**
 * What went wrong on an open connection, in our words.
 *
 * @returns the signal's reason when somebody no longer wants the answer
 */
export function outgoingError(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof OutgoingError) return error;
  if (signal.aborted) {
    const { reason } = signal;
    return reason instanceof DOMException && reason.name === 'TimeoutError'
      ? new OutgoingError('timeout', 'the answer took too long', { cause: reason })
      : reason;
  }
  const code = String((error as { code?: unknown }).code ?? (error as { name?: unknown }).name ?? '');
  if (code.endsWith('_TIMEOUT')) return new OutgoingError('timeout', 'the answer stopped coming', { cause: error });
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new OutgoingError('too-large', 'the headers of the answer are too large', { cause: error });
  }
  return new OutgoingError('broken', `the connection was broken off or is no HTTP (${code})`, { cause: error });
}
