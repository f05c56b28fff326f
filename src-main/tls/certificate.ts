import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Milliseconds } from '../base/clock.js';

/** A certificate with its key, read and found to belong together. */
export interface Certificate {
  /** PEM: the certificate, then those of its authorities */
  readonly cert: string;
  /** PEM */
  readonly key: string;
  /** DNS names and IP addresses that it is good for */
  readonly names: readonly string[];
  /** ms since the epoch */
  readonly validFrom: Milliseconds;
  readonly validTo: Milliseconds;
  /** `AB:CD:…`: SHA-256 of the certificate */
  readonly fingerprint: string;
}

export interface CertificatePaths {
  readonly certificatePath: string;
  readonly privateKeyPath: string;
}

/** A certificate cannot be used; the message is a sentence that names the file. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** @throws CertificateError when a file is unreadable, is no PEM, or the key is another certificate's */
export function readCertificate({ certificatePath, privateKeyPath }: CertificatePaths): Certificate {
  const cert = readPem(certificatePath, 'certificate');
  const key = readPem(privateKeyPath, 'private key');
  const first = parseCertificate(cert, certificatePath);
  if (!first.checkPrivateKey(parseKey(key, privateKeyPath))) {
    const which = 'the key belongs to another certificate, or the certificate is not the first one in its file';
    throw new CertificateError(
      `The private key ${privateKeyPath} does not fit the certificate ${certificatePath}: ${which}.`,
    );
  }
  return {
    cert,
    key,
    names: alternativeNames(first),
    validFrom: first.validFromDate.getTime(),
    validTo: first.validToDate.getTime(),
    fingerprint: first.fingerprint256,
  };
}

/** What somebody should be told of a certificate that can be served all the same: a sentence each. */
export function doubtsAbout(certificate: Certificate, path: string, host: string, now: Milliseconds): string[] {
  const { validFrom, validTo } = certificate;
  const doubts: string[] = [];
  if (validTo < now)
    doubts.push(`The certificate ${path} expired on ${dayOf(validTo)}: clients and servers refuse it.`);
  if (validFrom > now) doubts.push(`The certificate ${path} is valid only from ${dayOf(validFrom)}.`);
  if (!new X509Certificate(certificate.cert).checkHost(host) && !certificate.names.includes(host)) {
    doubts.push(`The certificate ${path} is good for ${certificate.names.join(', ') || 'no name'}, not for ${host}.`);
  }
  return doubts;
}

function readPem(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'this user may not read it' : String(code);
    throw new CertificateError(`The ${what} ${path} cannot be read: ${why}.`, { cause });
  }
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError(`The file ${path} is not a certificate in PEM form (-----BEGIN CERTIFICATE-----).`, {
      cause,
    });
  }
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const isEncrypted = pem.includes('ENCRYPTED');
    const why = isEncrypted ? 'is protected by a passphrase; it must be without' : 'is not a private key in PEM form';
    throw new CertificateError(`The file ${path} ${why}.`, { cause });
  }
}

/** `DNS:example.com, IP Address:127.0.0.1` as a list; IPv6 in its short form. */
function alternativeNames({ subjectAltName = '' }: X509Certificate): string[] {
  const names = subjectAltName.split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  return names.map((name) => (name.includes(':') ? new URL(`http://[${name}]/`).hostname.slice(1, -1) : name));
}

const dayOf = (time: Milliseconds): string => new Date(time).toISOString().slice(0, 10);
