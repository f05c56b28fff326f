import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import type { Milliseconds } from '../base/clock.js';
import type { AddressCheck } from './address-check.js';
import { type Dns, DnsError, type HostAddress } from './dns.js';
import { OutgoingError } from './outgoing-error.js';

/** Where to connect to, and who must be there. */
export interface Place {
  /** a name, or an address without brackets */
  readonly host: string;
  readonly port: number;
  /** undefined: without TLS */
  readonly tls: { readonly name: string; readonly isVerified: boolean } | undefined;
}

export interface ConnectDeps {
  readonly dns: Dns;
  readonly check: AddressCheck;
  /** what to trust now */
  readonly trust: { context(): SecureContext };
}

/** For the name, for TCP to one of the addresses, and for TLS, all together. */
const PATIENCE: Milliseconds = 10_000;
/** How long one address may take before the next, of the other family, is tried. @see https://www.rfc-editor.org/rfc/rfc8305 */
const NEXT_ADDRESS_AFTER: Milliseconds = 250;
const KEEP_ALIVE_PROBES: Milliseconds = 60_000;

/**
 * Opens a connection to one of the addresses of `place`, which the check allows, and to no other.
 *
 * @param session of an earlier connection to the same place, to be taken up again
 * @returns an open socket that nobody listens to yet
 * @throws OutgoingError
 */
export async function open(place: Place, deps: ConnectDeps, session?: Buffer): Promise<Socket> {
  const addresses = await addressesOf(place.host, deps);
  const socket = place.tls
    ? secure(place, place.tls, addresses, deps.trust.context(), session)
    : connectPlain(target(place, addresses));
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBES);
  return await whenOpen(socket, place);
}

async function addressesOf(host: string, { dns, check }: ConnectDeps): Promise<readonly HostAddress[]> {
  const literal = isIP(host);
  const found = literal === 0 ? await lookUp(host, dns) : [{ address: host, family: literal as 4 | 6 }];
  if (found.length === 0) throw new OutgoingError('dns', `there is no host of the name ${host}`);
  const allowed = found.filter(({ address }) => check.isAllowed(address));
  if (allowed.length === 0) throw new OutgoingError('denied', `the address of ${host} is one that may not be reached`);
  return allowed;
}

async function lookUp(host: string, dns: Dns): Promise<readonly HostAddress[]> {
  try {
    return await dns.addresses(host);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    throw new OutgoingError('dns', error.message, { cause: error });
  }
}

/** A name that stands for exactly the checked addresses, so that they are tried in turn. */
function target({ host, port }: Place, addresses: readonly HostAddress[]) {
  const lookup: LookupFunction = (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
  return {
    host,
    port,
    lookup,
    autoSelectFamily: addresses.length > 1,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER,
  };
}

function secure(
  place: Place,
  { name, isVerified }: NonNullable<Place['tls']>,
  addresses: readonly HostAddress[],
  secureContext: SecureContext,
  session: Buffer | undefined,
): TLSSocket {
  return connectTls({
    ...target(place, addresses),
    // An address is no name to ask for: then the certificate must have the address itself.
    ...(isIP(name) === 0 ? { servername: name } : { host: name }),
    secureContext,
    rejectUnauthorized: isVerified,
    ALPNProtocols: ['http/1.1'],
    ...(session ? { session } : {}),
  });
}

function whenOpen<S extends Socket>(socket: S, { host, port, tls }: Place): Promise<S> {
  const opened = tls ? 'secureConnect' : 'connect';
  return new Promise((resolve, reject) => {
    const settle = (error?: OutgoingError) => {
      clearTimeout(timer);
      socket.off(opened, onOpen).off('error', onError).off('close', onClose);
      if (!error) return resolve(socket);
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const where = `${host} port ${port}`;
    const onOpen = () => settle();
    const onClose = () => settle(new OutgoingError('connect', `${where} closed the connection at once`));
    const onError = (error: Error) => settle(failure(error, where, tls !== undefined));
    const timer = setTimeout(
      () => settle(new OutgoingError('connect', `${where} did not take the connection in time`)),
      PATIENCE,
    );
    socket.once(opened, onOpen).once('error', onError).once('close', onClose);
  });
}

function failure(error: Error, where: string, isSecure: boolean): OutgoingError {
  const isOpen =
    isSecure && !(error instanceof AggregateError) && (error as NodeJS.ErrnoException).syscall !== 'connect';
  const what = isOpen ? 'has no TLS that is trusted' : 'cannot be connected to';
  return new OutgoingError(isOpen ? 'tls' : 'connect', `${where} ${what} (${codeOf(error)})`, { cause: error });
}

/** Of several addresses that failed, the code of the first. */
function codeOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return String((first as { code?: unknown } | undefined)?.code ?? (error as { code?: unknown }).code ?? error.message);
}
