import type { Clock } from '../../base/clock.js';
import type { JsonValue } from '../../base/json.js';
import type { ServerCaller, SignedRequest } from '../../http/endpoint.js';
import { RateLimiter } from '../../http/rate-limit.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';
import { badJson, forbidden, MatrixError } from '../../spec/errors.js';
import type { ServerName } from '../../spec/ids.js';
import { parseXMatrix, requestObject, type XMatrix } from '../../spec/x-matrix.js';
import type { FederationCircle } from './circle.js';
import type { KnownKeys } from './known-keys.js';
import type { LoopBack } from './loop-back.js';
import type { Destinations, SignatureCheck, SignatureVerdict } from './ports.js';
import type { Peers } from './peers.js';
import type { ServerKeyRing } from './server-key-ring.js';

export interface RequestAuthenticationDeps {
  readonly serverName: ServerName;
  readonly circle: FederationCircle;
  readonly peers: Peers;
  readonly keys: ServerKeyRing;
  readonly loopBack: LoopBack;
  readonly known: KnownKeys;
  readonly destinations: Destinations;
  readonly clock: Clock;
}

/** More signatures than any server has keys. */
const MOST_HEADERS = 8;
/** Requests of one address for which we look for keys at once: whoever names servers that are nowhere keeps us waiting. */
const MOST_STRANGERS = 16;

/** Of bodies that are not as they were signed, or not signed well: letters that count as one piece, and how many may come. */
const PIECE = 65_536;
const UNSURE = { perSecond: 20, burst: 200 };

/** Of one server; more than one where it has several keys. */
type Headers = readonly [XMatrix, ...XMatrix[]];

/**
 * Finds out which server sent a request.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#request-authentication
 */
export class RequestAuthentication {
  /** how many requests of an address wait for keys that are not at hand */
  readonly #strangers = new Map<string, number>();

  /** pieces of bodies by address that had to be read before it was known whether they are signed well */
  readonly #unsure: RateLimiter;

  constructor(private readonly deps: RequestAuthenticationDeps) {
    this.#unsure = new RateLimiter(UNSURE, deps.clock);
  }

  /** @throws MatrixError M_UNAUTHORIZED; M_LIMIT_EXCEEDED; M_FORBIDDEN for servers that this one does not federate with */
  async server(request: SignedRequest): Promise<ServerCaller> {
    const headers = this.#read(request.authorization);
    const { origin } = headers[0];
    if (origin === this.deps.serverName) await this.#noteOwn(request, headers);
    this.#mayCome(origin);
    const verdict = await this.#fromAddress(request.address, origin, () => this.#verify(request, headers));
    if (!verdict.holds) {
      throw unauthorized(verdict.why === 'wrong' ? 'the signature is wrong' : `the key of ${origin} is not to be had`);
    }
    this.deps.destinations.heardFrom(origin);
    this.deps.peers.heard(origin, request.userAgent);
    return { kind: 'server', server: origin };
  }

  /** What we sent ourselves is never let in: how it arrived is all that matters. */
  #noteOwn(request: SignedRequest, headers: Headers): Promise<void> {
    return this.deps.loopBack.look(request, async (content) => {
      const verdict = await this.deps.keys.verifySpeaker(this.#toCheck(request, headers, content), request);
      return verdict.holds;
    });
  }

  /** Most servers send what they signed letter by letter: what is signed well then is not taken apart by strangers. */
  async #verify(request: SignedRequest, headers: Headers): Promise<SignatureVerdict> {
    const { keys, serverName } = this.deps;
    const body = await request.text();
    const servers = { origin: headers[0].origin, destination: serverName };
    const asItCame = this.#check(headers, textAsItCame(request, servers, body));
    const verdict = await keys.verifySpeaker(asItCame, request);
    if (verdict.holds || verdict.why !== 'wrong' || !body) return verdict;
    this.#mayBeReadFor(request.address, body);
    return keys.verifySpeaker(this.#toCheck(request, headers, await request.body()), request);
  }

  /** @throws MatrixError M_LIMIT_EXCEEDED to who sends much that has to be read to be refused */
  #mayBeReadFor(address: string, body: string): void {
    const pieces = Math.floor(body.length / PIECE);
    if (pieces > 0) this.#unsure.take(address, pieces);
  }

  #toCheck(request: SignedRequest, headers: Headers, content: JsonValue | undefined): SignatureCheck {
    const servers = { origin: headers[0].origin, destination: this.deps.serverName };
    return this.#check(headers, textToCheck(request, servers, content));
  }

  #check(headers: Headers, text: string): SignatureCheck {
    const { clock } = this.deps;
    const [{ origin }] = headers;
    const signatures = Object.fromEntries(headers.map(({ keyId, signature }) => [keyId, signature]));
    return { signer: origin, signatures, text, at: clock.now(), validityMatters: true };
  }

  async #fromAddress<T>(address: string, origin: ServerName, work: () => Promise<T>): Promise<T> {
    if (this.deps.known.isAtHand(origin)) return work();
    const waiting = this.#strangers.get(address) ?? 0;
    if (waiting >= MOST_STRANGERS) throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many servers from there');
    this.#strangers.set(address, waiting + 1);
    try {
      return await work();
    } finally {
      const left = (this.#strangers.get(address) ?? 1) - 1;
      if (left > 0) this.#strangers.set(address, left);
      else this.#strangers.delete(address);
    }
  }

  /** A server with several keys may send a header for each. */
  #read(authorization: readonly string[]): Headers {
    const [first, ...others] = authorization
      .slice(0, MOST_HEADERS)
      .filter((header) => /^\s*X-Matrix\s/i.test(header))
      .map((header) => this.#readOne(header));
    if (!first) throw unauthorized('the request is not signed');
    if (others.some(({ origin }) => origin !== first.origin)) throw unauthorized('two servers signed the request');
    return [first, ...others];
  }

  #readOne(header: string): XMatrix {
    const read = parseXMatrix(header);
    if (!read) throw new MatrixError(400, 'M_UNAUTHORIZED', 'the Authorization header cannot be read');
    if (read.destination !== undefined && read.destination !== this.deps.serverName) {
      throw unauthorized('the request is meant for another server');
    }
    return read;
  }

  #mayCome(origin: ServerName): void {
    const { circle, serverName } = this.deps;
    if (origin === serverName) throw forbidden('this server does not ask itself');
    if (!circle.includes(origin)) {
      throw forbidden(`this server does not federate with ${origin}`);
    }
  }
}

/** What was signed, if the body came as it was signed: canonical JSON around it. */
function textAsItCame(
  { method, uri }: SignedRequest,
  servers: { readonly origin: ServerName; readonly destination: ServerName },
  body: string | undefined,
): string {
  const rest = canonicalJson({ method, uri, ...servers });
  return body ? `{"content":${body},${rest.slice(1)}` : rest;
}

function textToCheck(
  { method, uri }: SignedRequest,
  servers: { readonly origin: ServerName; readonly destination: ServerName },
  content: JsonValue | undefined,
): string {
  try {
    return canonicalJson(requestObject({ method, uri, ...servers, content }), 'lenient');
  } catch (error) {
    if (error instanceof NotCanonicalError) throw badJson(error.message);
    throw error;
  }
}

const unauthorized = (why: string) => new MatrixError(401, 'M_UNAUTHORIZED', why);
