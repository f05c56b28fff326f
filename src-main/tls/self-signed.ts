import type { Clock, Milliseconds } from '../base/clock.js';
import type { ServerName } from '../spec/ids.js';
import { type CertificateTexts, writeCertificate } from './write-certificate.js';

const DAY: Milliseconds = 86_400_000;
const LIFETIME: Milliseconds = 3650 * DAY;
/** Clocks of others may be behind ours. */
const HEAD_START: Milliseconds = DAY;

/**
 * Makes a certificate that nobody but its owner vouches for: for this computer, home networks and tests. It is good
 * for the server name, `localhost` and the loopback addresses, for ten years.
 */
export function makeSelfSigned(serverName: ServerName, clock: Clock): CertificateTexts {
  const now = clock.now();
  return writeCertificate({
    subject: 'Hearth',
    names: ['localhost', '127.0.0.1', '::1', hostOf(serverName)],
    validFrom: now - HEAD_START,
    validTo: now + LIFETIME,
  });
}

/** A server name without its port and without the brackets of an IPv6 address. */
export const hostOf = (serverName: ServerName): string =>
  serverName
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
