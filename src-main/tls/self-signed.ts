import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock, Milliseconds } from '../base/clock.js';
import type { ServerName } from '../spec/ids.js';
import { bits, explicit, implicit, integer, objectId, octets, sequence, set, time, utf8, yes } from './der.js';

const DAY: Milliseconds = 86_400_000;
const LIFETIME: Milliseconds = 3650 * DAY;
/** Clocks of others may be behind ours. */
const HEAD_START: Milliseconds = DAY;

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const SUBJECT_ALTERNATIVE_NAME = objectId('2.5.29.17');
const BASIC_CONSTRAINTS = objectId('2.5.29.19');
const KEY_USAGE = objectId('2.5.29.15');
const EXTENDED_KEY_USAGE = objectId('2.5.29.37');
const SERVER_AUTHENTICATION = objectId('1.3.6.1.5.5.7.3.1');
/** `digitalSignature`, the first of nine bits */
const SIGNS = bits(Buffer.from([0x80]), 7);

/** A certificate and its key as PEM. */
export interface CertificateTexts {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Makes a certificate that nobody but its owner vouches for: for this computer, home networks and tests. It is good
 * for the server name, `localhost` and the loopback addresses, for ten years.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function makeSelfSigned(serverName: ServerName, clock: Clock): CertificateTexts {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = clock.now();
  const name = sequence(set(sequence(COMMON_NAME, utf8('Hearth'))));
  const toSign = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(now - HEAD_START)), time(new Date(now + LIFETIME))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, extensions(serverName)),
  );
  const certificate = sequence(toSign, ECDSA_WITH_SHA256, bits(sign('sha256', toSign, privateKey)));
  return {
    certificate: toPem(certificate),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const extensions = (serverName: ServerName) =>
  sequence(
    sequence(SUBJECT_ALTERNATIVE_NAME, octets(alternativeNames(serverName))),
    sequence(BASIC_CONSTRAINTS, yes(), octets(sequence())),
    sequence(KEY_USAGE, yes(), octets(SIGNS)),
    sequence(EXTENDED_KEY_USAGE, octets(sequence(SERVER_AUTHENTICATION))),
  );

function alternativeNames(serverName: ServerName): Uint8Array {
  const names = new Set(['localhost', '127.0.0.1', '::1', hostOf(serverName)]);
  return sequence(...[...names].map(generalName));
}

const generalName = (name: string): Uint8Array =>
  isIP(name) === 0
    ? implicit(2, Buffer.from(name, 'ascii'))
    : implicit(7, Buffer.from(ipaddr.parse(name).toByteArray()));

/** A server name without its port and without the brackets of an IPv6 address. */
export const hostOf = (serverName: ServerName): string =>
  serverName
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();

/** Never begins with a zero byte, which would be one too many. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
