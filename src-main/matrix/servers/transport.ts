import { abortable, deadline } from '../../base/abort.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { isObject, stringAt } from '../../base/json.js';
import { readWhole } from '../../net/bounded-body.js';
import type { Connections, Incoming } from '../../net/connections.js';
import { isBeforeConnection, OutgoingError } from '../../net/outgoing-error.js';
import { USER_AGENT } from '../../net/outgoing.js';
import type { ServerName } from '../../spec/ids.js';
import { JsonTextError, parseJson } from '../../spec/json-text.js';
import type { Discovery, Route } from './discovery.js';
import { failureCause } from './failure-cause.js';
import type { FederationCircle } from './circle.js';
import type { KnownDestinations } from './known-destinations.js';
import type { Peers } from './peers.js';
import { RemoteError } from './remote-error.js';

/** What goes out, once signed. */
export interface Shipment {
  readonly destination: ServerName;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** path and query */
  readonly uri: string;
  /** beside Host */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeout: Milliseconds;
  readonly evenIfDown: boolean;
  readonly signal: AbortSignal | undefined;
}

/** An answer of status 2xx or 3xx, and what ends the reading of its body. */
export interface Delivery extends Incoming {
  readonly signal: AbortSignal;
}

export interface TransportDeps {
  readonly serverName: ServerName;
  readonly circle: FederationCircle;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly discovery: Discovery;
  readonly connections: Connections;
  readonly destinations: KnownDestinations;
}

/** Requests to one server that are under way or wait for a connection. */
const MOST_WAITING = 200;
/** Where transactions go. */
const SEND = '/_matrix/federation/v1/send/';
const MAX_ERROR_BYTES = 64 * 1024;

/** Carries requests to other servers: finds them, and notes how they fare; of an answer's body, whoever reads it tells. */
export class Transport {
  readonly #underWay = new Map<ServerName, number>();

  constructor(private readonly deps: TransportDeps) {}

  /** @throws RemoteError unless the answer has a status of 2xx or 3xx; the signal's reason when it aborts */
  async send(shipment: Shipment): Promise<Delivery> {
    const { destination } = shipment;
    this.#mayAsk(shipment);
    this.#underWay.set(destination, (this.#underWay.get(destination) ?? 0) + 1);
    const { signal, end } = deadline(shipment.signal, shipment.timeout);
    try {
      const delivery = await this.#ask(shipment, signal);
      delivery.body.once('close', end);
      return delivery;
    } catch (error) {
      end();
      throw error;
    } finally {
      const left = (this.#underWay.get(destination) ?? 1) - 1;
      if (left > 0) this.#underWay.set(destination, left);
      else this.#underWay.delete(destination);
    }
  }

  #mayAsk({ destination, evenIfDown }: Shipment): void {
    const { serverName, circle, destinations } = this.deps;
    if (destination === serverName) throw new RemoteError('refused', destination, 'that is this server itself');
    if (!circle.includes(destination)) {
      throw new RemoteError('refused', destination, 'this server does not federate with it');
    }
    if (!evenIfDown && destinations.isResting(destination)) {
      throw new RemoteError('resting', destination, 'it failed of late and is not asked again yet');
    }
    if ((this.#underWay.get(destination) ?? 0) >= MOST_WAITING) {
      throw new RemoteError('unreachable', destination, 'too many requests to it are waiting');
    }
  }

  async #ask(shipment: Shipment, signal: AbortSignal): Promise<Delivery> {
    const { destination } = shipment;
    try {
      const began = this.deps.clock.now();
      const incoming = await this.#deliver(shipment, signal);
      this.deps.peers.answered(destination, began, incoming.headers['date']);
      if (incoming.status >= 400) throw await refusal(destination, incoming, signal);
      if (shipment.uri.startsWith(SEND)) this.deps.peers.tookTransaction(destination);
      return { ...incoming, signal };
    } catch (error) {
      throw this.failed(destination, error);
    }
  }

  async #deliver(shipment: Shipment, signal: AbortSignal): Promise<Incoming> {
    const route = await this.#find(shipment.destination, signal);
    let last: unknown;
    for (const place of route.places) {
      try {
        return await this.deps.connections.request(place, exchange(shipment, route, signal));
      } catch (error) {
        last = error;
        if (!(error instanceof OutgoingError) || !isBeforeConnection(error)) throw error;
      }
    }
    throw last;
  }

  async #find(server: ServerName, signal: AbortSignal): Promise<Route> {
    return abortable(this.deps.discovery.find(server), signal).catch((error: unknown) => {
      throw asTimeout(error);
    });
  }

  /** The answer of `server` came whole, and was of use. */
  succeeded(server: ServerName): void {
    this.deps.destinations.succeeded(server);
  }

  /**
   * Notes what went wrong with a request to `server`. Refusals are answers of one that is well, unless it does not want
   * to hear us at all.
   *
   * @returns the error to throw: a RemoteError, or the reason why nobody wants the answer any more
   */
  failed(server: ServerName, error: unknown): unknown {
    const failure = remoteError(server, error);
    if (!(failure instanceof RemoteError)) return failure;
    const { kind, status = 0, why, fields } = failure;
    const isWell = kind === 'answered' && status < 500 && status !== 401 && status !== 429;
    const wait = fields['retry_after_ms'];
    const isNumber = typeof wait === 'number' && wait > 0;
    if (isWell) this.deps.destinations.succeeded(server);
    else this.deps.destinations.failed(server, { why, cause: failureCause(failure) }, isNumber ? wait : 0);
    return failure;
  }
}

const exchange = ({ method, uri, headers, body }: Shipment, { hostHeader }: Route, signal: AbortSignal) => ({
  method,
  path: uri,
  headers: { 'user-agent': USER_AGENT, ...headers, host: hostHeader },
  body,
  signal,
  // The spec lets each request of servers come twice.
  isRepeatable: true,
});

const asTimeout = (reason: unknown) =>
  reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new OutgoingError('timeout', 'it was not found in time', { cause: reason })
    : reason;

/** What went wrong, as users of this domain know it; what is no failure of the other server stays as it is. */
function remoteError(server: ServerName, error: unknown): unknown {
  if (!(error instanceof OutgoingError)) return error;
  const kind = error.kind === 'too-large' ? 'invalid' : 'unreachable';
  return new RemoteError(kind, server, error.message, {}, { cause: error });
}

/** What a server said instead of doing what it was asked. A 5xx without an errcode comes of what stands before it. */
async function refusal(server: ServerName, { status, body, headers }: Incoming, signal: AbortSignal) {
  const { errcode, error, fields } = standardError(await readWhole(body, { maxBytes: MAX_ERROR_BYTES, signal }));
  const kind = status >= 500 && errcode === undefined ? 'unreachable' : 'answered';
  const said = [errcode, error].filter((text) => text !== undefined).join(' ');
  const seconds = Number(headers['retry-after']);
  const wait = seconds > 0 ? { retry_after_ms: seconds * 1000 } : {};
  return new RemoteError(kind, server, `it answered ${status} ${said}`.trim().slice(0, 300), {
    status,
    ...(errcode === undefined ? {} : { errcode }),
    fields: { ...wait, ...fields },
  });
}

function standardError(body: Buffer) {
  const value = jsonOrNothing(body);
  const errcode = stringAt(value, 'errcode');
  return {
    errcode: errcode !== undefined && /^[A-Z][A-Z0-9_.]{1,100}$/.test(errcode) ? errcode : undefined,
    error: stringAt(value, 'error'),
    fields: value ?? {},
  };
}

function jsonOrNothing(body: Buffer) {
  try {
    const { value } = parseJson(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}
