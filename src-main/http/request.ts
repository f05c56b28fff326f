import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ProxyTrust, Forwarded } from './client-address.js';
import type { RequestContext } from './endpoint.js';
import { ClientGoneError } from './errors.js';

/** What a request came through. */
export interface Arrival {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly isTls: boolean;
  readonly trust: ProxyTrust;
  /** aborts when the server stops */
  readonly stopping: AbortSignal;
}

/** A request as handlers see it. What costs something to find out is found out when asked for. */
export class IncomingRequest implements RequestContext {
  canonicalNumbers = true;
  stream: Readable | undefined;
  #forwarded: Forwarded | undefined;
  #signal: AbortSignal | undefined;

  constructor(private readonly arrival: Arrival) {}

  get address(): string {
    return this.#origin().address;
  }

  get userAgent(): string {
    return this.header('user-agent') ?? '';
  }

  get origin(): string {
    return `${this.#origin().protocol}://${this.header('host') ?? ''}`;
  }

  get signal(): AbortSignal {
    this.#signal ??= abortedWhenOver(this.arrival);
    return this.#signal;
  }

  header(name: string): string | undefined {
    const value = this.arrival.message.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  #origin(): Forwarded {
    const { message, isTls, trust } = this.arrival;
    this.#forwarded ??= trust.read(message.socket.remoteAddress ?? '', isTls, (name) => this.header(name));
    return this.#forwarded;
  }
}

/** Every request ends so, mostly with nobody listening any more: an error of its own would cost more than the ending. */
const GONE = new ClientGoneError('the client went away');

/** Cheaper than AbortSignal.any, which long polls would make a hundred times a second of the one `stopping`. */
function abortedWhenOver({ response, stopping }: Arrival): AbortSignal {
  const over = new AbortController();
  const onStop = () => over.abort(stopping.reason);
  if (stopping.aborted) onStop();
  const onClose = () => over.abort(GONE);
  if (response.closed) onClose();
  stopping.addEventListener('abort', onStop, { once: true });
  response.once('close', () => {
    stopping.removeEventListener('abort', onStop);
    onClose();
  });
  return over.signal;
}
