import type { Readable } from 'node:stream';
import { deadline } from '../base/abort.js';
import type { Milliseconds } from '../base/clock.js';
import { PRODUCT, VERSION } from '../base/version.js';
import { bounded, readWhole } from './bounded-body.js';
import type { Connections, Exchange, Place } from './connections.js';
import { OutgoingError } from './outgoing-error.js';

export { OutgoingError, type OutgoingErrorKind } from './outgoing-error.js';

/** A request to an address that somebody else chose. */
export interface OutgoingRequest {
  /** `http:` or `https:` */
  readonly url: string;
  readonly method?: Exchange['method'];
  /** names in lower case */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** for the whole of it, redirects and all; 30 s unless said */
  readonly timeout?: Milliseconds;
  /** most bytes of the answer's body; 1 MiB unless said */
  readonly maxBytes?: number;
  /** how many redirects are followed; none unless said: then a 3xx is an answer like others */
  readonly redirects?: number;
  /** whether a redirect may lead there; anywhere unless said */
  readonly mayFollow?: (url: URL) => boolean;
  readonly signal?: AbortSignal;
}

/** What came back, read whole. */
export interface OutgoingReply {
  readonly status: number;
  /** names in lower case; of several of a name the first */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** where it came from, after redirects */
  readonly url: string;
}

/** What comes back, not read yet. */
export interface OutgoingStream extends Omit<OutgoingReply, 'body'> {
  readonly body: Readable;
}

/** Requests to addresses that strangers choose: never to a denied range, bounded in time, size and redirects. */
export interface OutgoingHttp {
  /** @throws OutgoingError; the signal's reason when it aborts */
  fetch(request: OutgoingRequest): Promise<OutgoingReply>;
  /**
   * The same for what is large: the body is read while it comes, or destroyed.
   *
   * @throws OutgoingError; the signal's reason when it aborts; so does the body
   */
  stream(request: OutgoingRequest): Promise<OutgoingStream>;
}

const TIMEOUT: Milliseconds = 30_000;
const MAX_BYTES = 1024 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What one place is told is not for the next. */
const PRIVATE_HEADERS = ['authorization', 'cookie'];
export const USER_AGENT = `${PRODUCT}/${VERSION}`;

/** Requests over `connections`, redirects followed by hand so that each address is checked. */
export class Outgoing implements OutgoingHttp {
  constructor(private readonly deps: { readonly connections: Connections; readonly verifyCertificates: boolean }) {}

  async fetch(request: OutgoingRequest): Promise<OutgoingReply> {
    const { signal, end } = deadline(request.signal, request.timeout ?? TIMEOUT);
    try {
      const { body, ...reply } = await this.#follow(request, signal);
      return { ...reply, body: await readWhole(body, { maxBytes: request.maxBytes ?? MAX_BYTES, signal }) };
    } finally {
      end();
    }
  }

  async stream(request: OutgoingRequest): Promise<OutgoingStream> {
    const { signal, end } = deadline(request.signal, request.timeout ?? TIMEOUT);
    try {
      const { body, ...reply } = await this.#follow(request, signal);
      body.once('close', end);
      const bounds = { maxBytes: request.maxBytes ?? MAX_BYTES, signal };
      return { ...reply, body: bounded(body, bounds, (error) => error as Error) };
    } catch (error) {
      end();
      throw error;
    }
  }

  async #follow(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingStream> {
    const { redirects = 0, mayFollow = () => true } = request;
    let hop: Hop = {
      url: toUrl(request.url),
      method: request.method ?? 'GET',
      body: request.body,
      headers: request.headers ?? {},
    };
    for (let left = redirects; ; left -= 1) {
      const { status, headers, body } = await this.#send(hop, signal);
      const location = redirects > 0 && REDIRECTS.has(status) ? headers['location'] : undefined;
      if (location === undefined) return { status, headers, body, url: hop.url.href };
      body.on('error', () => undefined).destroy();
      if (left === 0) throw new OutgoingError('redirects', `more than ${redirects} redirects`);
      hop = nextHop(hop, status, location);
      if (!mayFollow(hop.url)) throw new OutgoingError('denied', 'a redirect leads where nobody may be asked');
    }
  }

  #send({ url, method, body, headers }: Hop, signal: AbortSignal) {
    return this.deps.connections.request(placeOf(url, this.deps.verifyCertificates), {
      method,
      path: `${url.pathname}${url.search}`,
      headers: { 'user-agent': USER_AGENT, ...headers, host: url.host },
      body,
      signal,
      isRepeatable: method !== 'POST',
    });
  }
}

/** One step of a request with redirects. */
interface Hop {
  readonly url: URL;
  readonly method: Exchange['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

function placeOf({ protocol, hostname, port }: URL, isVerified: boolean): Place {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = protocol === 'https:';
  const ownPort = isSecure ? 443 : 80;
  return { host, port: port === '' ? ownPort : Number(port), tls: isSecure ? { name: host, isVerified } : undefined };
}

/** @throws OutgoingError for anything but an HTTP address */
function toUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new OutgoingError('redirects', 'that is no address on the web');
}

/** As browsers do: what was posted is asked for by GET, unless the redirect says to post it there. */
function nextHop({ url, method, headers, body }: Hop, status: number, location: string): Hop {
  const next = toUrl(location, url);
  const becomesGet = status === 303 ? method !== 'HEAD' : status <= 302 && method === 'POST';
  const kept = Object.entries(headers).filter(
    ([name]) =>
      (next.origin === url.origin || !PRIVATE_HEADERS.includes(name)) && !(becomesGet && name.startsWith('content-')),
  );
  return {
    url: next,
    method: becomesGet ? 'GET' : method,
    headers: Object.fromEntries(kept),
    body: becomesGet ? undefined : body,
  };
}
