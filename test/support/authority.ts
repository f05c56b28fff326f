import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateTexts, writeCertificate } from '../../src-main/tls/write-certificate.js';

const YEAR = 365 * 86_400_000;

/** Vouches for the servers of one test. */
export class TestAuthority {
  readonly certificate: string;
  readonly #issuer;

  constructor(private readonly subject = 'Authority of tests') {
    const now = Date.now();
    const made = writeCertificate({ subject, names: undefined, validFrom: now - YEAR, validTo: now + 50 * YEAR });
    this.certificate = made.certificate;
    this.#issuer = { name: subject, privateKey: createPrivateKey(made.privateKey) };
  }

  /** A certificate for `names`, valid for fifty years of any clock unless said. */
  issue(names: readonly string[], { validFrom = Date.now() - YEAR, validTo = Date.now() + 49 * YEAR } = {}) {
    return writeCertificate({ subject: names[0] ?? '', names, validFrom, validTo, issuer: this.#issuer });
  }

  /** Writes its own certificate as a file. @returns the path */
  writeTo(folder: string): string {
    const path = join(folder, `${this.subject.replaceAll(' ', '-')}.pem`);
    writeFileSync(path, this.certificate);
    return path;
  }
}

/** Writes a certificate and its key as files. */
export function writePair(folder: string, name: string, { certificate, privateKey }: CertificateTexts) {
  const certificatePath = join(folder, `${name}.crt`);
  const privateKeyPath = join(folder, `${name}.key`);
  writeFileSync(certificatePath, certificate);
  writeFileSync(privateKeyPath, privateKey, { mode: 0o600 });
  return { certificatePath, privateKeyPath, selfSigned: false };
}
