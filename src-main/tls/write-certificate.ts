import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Milliseconds } from '../base/clock.js';
import { bits, explicit, implicit, integer, objectId, octets, sequence, set, time, utf8, yes } from './der.js';

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const SUBJECT_ALTERNATIVE_NAME = objectId('2.5.29.17');
const BASIC_CONSTRAINTS = objectId('2.5.29.19');
const KEY_USAGE = objectId('2.5.29.15');
const EXTENDED_KEY_USAGE = objectId('2.5.29.37');
const SERVER_AUTHENTICATION = objectId('1.3.6.1.5.5.7.3.1');
/** `digitalSignature`, the first of nine bits, and `keyCertSign`, the sixth */
const SIGNS = bits(Buffer.from([0x80]), 7);
const SIGNS_CERTIFICATES = bits(Buffer.from([0x04]), 2);

/** A certificate and its key as PEM. */
export interface CertificateTexts {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Who vouches for a certificate. */
export interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface CertificateFacts {
  /** whom it is given to, for people to read */
  readonly subject: string;
  /** names and addresses that it is good for; undefined: it is an authority's, good for vouching for others */
  readonly names: readonly string[] | undefined;
  readonly validFrom: Milliseconds;
  readonly validTo: Milliseconds;
  /** undefined: it vouches for itself */
  readonly issuer?: Issuer;
}

/**
 * Makes a key and a certificate for it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function writeCertificate({ subject, names, validFrom, validTo, issuer }: CertificateFacts): CertificateTexts {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toSign = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    nameOf(issuer?.name ?? subject),
    sequence(time(new Date(validFrom)), time(new Date(validTo))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, names ? serverExtensions(names) : authorityExtensions()),
  );
  const signature = sign('sha256', toSign, issuer?.privateKey ?? privateKey);
  return {
    certificate: toPem(sequence(toSign, ECDSA_WITH_SHA256, bits(signature))),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const nameOf = (text: string) => sequence(set(sequence(COMMON_NAME, utf8(text))));

const serverExtensions = (names: readonly string[]) =>
  sequence(
    sequence(SUBJECT_ALTERNATIVE_NAME, octets(sequence(...[...new Set(names)].map(generalName)))),
    sequence(BASIC_CONSTRAINTS, yes(), octets(sequence())),
    sequence(KEY_USAGE, yes(), octets(SIGNS)),
    sequence(EXTENDED_KEY_USAGE, octets(sequence(SERVER_AUTHENTICATION))),
  );

const authorityExtensions = () =>
  sequence(
    sequence(BASIC_CONSTRAINTS, yes(), octets(sequence(yes()))),
    sequence(KEY_USAGE, yes(), octets(SIGNS_CERTIFICATES)),
  );

const generalName = (name: string): Uint8Array =>
  isIP(name) === 0
    ? implicit(2, Buffer.from(name, 'ascii'))
    : implicit(7, Buffer.from(ipaddr.parse(name).toByteArray()));

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
