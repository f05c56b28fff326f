import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import type { Milliseconds } from '../base/clock.js';
import type { AddressCheck } from './address-check.js';
import type { HostAddress } from './dns.js';

/** Whether somebody takes connections at one address. */
export interface Reached {
  readonly address: string;
  /** undefined: it does; else the system's code (`ECONNREFUSED` …), `TIMEOUT`, or `DENIED` for one that may not be reached */
  readonly failure: string | undefined;
  readonly took: Milliseconds;
}

/** What somebody showed when TLS was asked for. */
export interface Handshake {
  /** `TLSv1.3` */
  readonly protocol: string | undefined;
  /** why it is not trusted, or did not come about: a code of OpenSSL or Node; undefined: all is well */
  readonly failure: string | undefined;
  readonly certificate: ShownCertificate | undefined;
}

/** The certificate of whoever answered; its words are a stranger's. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** host names and addresses that it is good for, at most 20 */
  readonly names: readonly string[];
  readonly validFrom: Milliseconds;
  readonly validTo: Milliseconds;
}

const PATIENCE: Milliseconds = 5_000;
const MOST_NAMES = 20;

/** Looks at addresses step by step, where connections only say that they failed. */
export class Probe {
  constructor(private readonly deps: { readonly check: AddressCheck; readonly trust: { context(): SecureContext } }) {}

  isAllowed(address: string): boolean {
    return this.deps.check.isAllowed(address);
  }

  /** Opens a connection and closes it. Never throws. */
  reach({ address }: HostAddress, port: number): Promise<Reached> {
    const began = performance.now();
    const reached = (failure: string | undefined): Reached => ({
      address,
      failure,
      took: Math.round(performance.now() - began),
    });
    if (!this.isAllowed(address)) return Promise.resolve(reached('DENIED'));
    return new Promise((resolve) => {
      const socket = connectPlain({ host: address, port });
      const end = (failure?: string) => {
        socket.destroy();
        resolve(reached(failure));
      };
      socket.setTimeout(PATIENCE, () => end('TIMEOUT'));
      socket.once('connect', () => end());
      socket.on('error', (error) => end(codeOf(error)));
    });
  }

  /** Asks for TLS with `name`, whatever is shown then. Never throws. */
  handshake(address: string, port: number, name: string): Promise<Handshake> {
    if (!this.isAllowed(address)) return Promise.resolve(nothing('DENIED'));
    return new Promise((resolve) => {
      const socket = connectTls({
        // An address is no name to ask for: then the certificate must have the address itself.
        ...(isIP(name) === 0 ? { servername: name, host: address } : { host: name }),
        port,
        secureContext: this.deps.trust.context(),
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
      });
      const end = (shown: Handshake) => {
        socket.destroy();
        resolve(shown);
      };
      // A peer may send a byte now and then for ever.
      const timer = setTimeout(() => end(nothing('TIMEOUT')), PATIENCE);
      socket.once('secureConnect', () => end(handshakeOf(socket)));
      socket.on('error', (error) => end(nothing(codeOf(error))));
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(nothing('CLOSED'));
      });
    });
  }
}

const nothing = (failure: string): Handshake => ({ protocol: undefined, failure, certificate: undefined });

function handshakeOf(socket: TLSSocket): Handshake {
  const shown: Partial<PeerCertificate> = socket.getPeerCertificate();
  const failure = socket.authorized ? undefined : String(socket.authorizationError);
  return { protocol: socket.getProtocol() ?? undefined, failure, certificate: certificateOf(shown) };
}

function certificateOf(shown: Partial<PeerCertificate>): ShownCertificate | undefined {
  if (shown.valid_from === undefined || shown.valid_to === undefined) return undefined;
  const names = (shown.subjectaltname ?? '').split(', ').slice(0, MOST_NAMES);
  return {
    subject: String(shown.subject?.CN ?? ''),
    issuer: String(shown.issuer?.CN ?? shown.issuer?.O ?? ''),
    names: names.map((name) => name.replace(/^(?:DNS|IP Address):/, '')).filter((name) => name !== ''),
    validFrom: Date.parse(shown.valid_from),
    validTo: Date.parse(shown.valid_to),
  };
}

const codeOf = (error: Error): string => String((error as NodeJS.ErrnoException).code ?? error.message).slice(0, 100);
