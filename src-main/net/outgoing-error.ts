/**
 * Why there is no reply: the address is one that may not be reached (`denied`), the name is unknown (`dns`), nobody
 * answers there (`connect`), the certificate is wrong (`tls`), it took too long (`timeout`), is longer than allowed
 * (`too-large`), was broken off or is no HTTP (`broken`), or redirects too often or to elsewhere than HTTP (`redirects`).
 */
export type OutgoingErrorKind = 'denied' | 'dns' | 'connect' | 'tls' | 'timeout' | 'too-large' | 'broken' | 'redirects';

/** A request got no reply. The message is a sentence without a full stop. */
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

/** True where no byte of the request has left: another place may be tried. */
export const isBeforeConnection = ({ kind }: OutgoingError): boolean =>
  kind === 'denied' || kind === 'dns' || kind === 'connect' || kind === 'tls';
