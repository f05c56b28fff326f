import type { Milliseconds } from '../base/clock.js';

/** A request to an address that somebody else chose. */
export interface OutgoingRequest {
  /** `http:` or `https:` */
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** names in lower case */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** for the whole of it, redirects and all; 30 s unless said */
  readonly timeout?: Milliseconds;
  /** most bytes of the answer's body; 1 MiB unless said */
  readonly maxBytes?: number;
  /** how many redirects are followed; none unless said: then a 3xx is an answer like others */
  readonly redirects?: number;
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

/**
 * Why there is no reply: the address is one that may not be reached (`denied`), the name is unknown (`dns`), nobody
 * answers there (`connect`), the certificate is wrong (`tls`), it took too long (`timeout`), is longer than allowed
 * (`too-large`), was broken off or is no HTTP (`broken`), or redirects too often or to elsewhere than HTTP (`redirects`).
 */
export type OutgoingErrorKind = 'denied' | 'dns' | 'connect' | 'tls' | 'timeout' | 'too-large' | 'broken' | 'redirects';

/** A request got no reply. The message is a sentence. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';

  constructor(
    readonly kind: OutgoingErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Requests to addresses that strangers choose: never to a denied range, bounded in time, size and redirects. */
export interface OutgoingHttp {
  /** @throws OutgoingError; the signal's reason when it aborts */
  fetch(request: OutgoingRequest): Promise<OutgoingReply>;
}
