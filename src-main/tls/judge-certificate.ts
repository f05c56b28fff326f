import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { Milliseconds } from '../base/clock.js';
import type { CertificatePaths } from './certificate.js';

/** One thing that has to be right about a certificate. */
export type CertificateAspect = 'files' | 'key' | 'name' | 'dates' | 'chain';

/** How it is. The code names the sentence. */
export interface CertificateFinding {
  readonly aspect: CertificateAspect;
  readonly state: 'ok' | 'warning' | 'error' | 'could-not-check';
  readonly code: CertificateCode | undefined;
  readonly fields: Readonly<Record<string, string | number>>;
}

export type CertificateCode =
  | 'CERT_NO_FILE'
  | 'CERT_UNREADABLE'
  | 'CERT_NO_PEM'
  | 'KEY_NO_FILE'
  | 'KEY_UNREADABLE'
  | 'KEY_NO_PEM'
  | 'KEY_ENCRYPTED'
  | 'KEY_OTHER'
  | 'NAME_OTHER'
  | 'DATES_EXPIRED'
  | 'DATES_EARLY'
  | 'DATES_SOON'
  | 'CHAIN_SELF_SIGNED'
  | 'CHAIN_INCOMPLETE'
  | 'CHAIN_ORDER'
  | 'CHAIN_UNKNOWN';

/** What a certificate says of itself. */
export interface CertificateFacts {
  readonly names: readonly string[];
  /** who vouches for it */
  readonly issuer: string;
  readonly validFrom: Milliseconds;
  readonly validTo: Milliseconds;
  readonly isSelfSigned: boolean;
  readonly fingerprint: string;
}

export interface CertificateJudgement {
  /** undefined when the file cannot be read */
  readonly facts: CertificateFacts | undefined;
  readonly findings: readonly CertificateFinding[];
  /** it can be served, whatever others think of it */
  readonly isUsable: boolean;
}

const DAY: Milliseconds = 86_400_000;
const SOON = 14 * DAY;
const ASPECTS: readonly CertificateAspect[] = ['files', 'key', 'name', 'dates', 'chain'];
const MOST_AUTHORITIES = 10;

/**
 * Looks at a certificate and its key before they are served, and says everything that others would mind.
 *
 * @param host the name by which the server is reached
 * @param authorities PEM of those who are trusted; the usual ones unless given
 */
export function judgeCertificate(
  paths: CertificatePaths,
  host: string,
  now: Milliseconds,
  authorities: readonly string[] = rootCertificates,
): CertificateJudgement {
  const cert = readPem(paths.certificatePath, 'CERT');
  const chain = 'text' in cert ? parseChain(cert.text) : [];
  const [first] = chain;
  if (!first)
    return judgement(undefined, [problem('files', 'text' in cert ? 'CERT_NO_PEM' : cert.code, paths.certificatePath)]);
  const findings = [
    good('files'),
    keyFinding(first, paths.privateKeyPath),
    nameFinding(first, host),
    datesFinding(first, now),
    chainFinding(chain, authorities),
  ];
  return judgement(factsOf(first), findings);
}

/** What a certificate that is served now says. */
export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
  names: namesOf(certificate),
  issuer: commonName(certificate.issuer),
  validFrom: certificate.validFromDate.getTime(),
  validTo: certificate.validToDate.getTime(),
  isSelfSigned: isSelfSigned(certificate),
  fingerprint: certificate.fingerprint256,
});

/** Later aspects cannot be looked at without the file. */
function judgement(facts: CertificateFacts | undefined, found: readonly CertificateFinding[]): CertificateJudgement {
  const findings = ASPECTS.map(
    (aspect) =>
      found.find((each) => each.aspect === aspect) ??
      ({ aspect, state: 'could-not-check', code: undefined, fields: {} } as const),
  );
  const isBroken = findings.some(({ aspect, state }) => (aspect === 'files' || aspect === 'key') && state !== 'ok');
  return { facts, findings, isUsable: !isBroken };
}

const good = (aspect: CertificateAspect): CertificateFinding => ({ aspect, state: 'ok', code: undefined, fields: {} });

const problem = (aspect: CertificateAspect, code: CertificateCode, path: string): CertificateFinding => ({
  aspect,
  state: 'error',
  code,
  fields: { path },
});

function readPem(path: string, kind: 'CERT' | 'KEY'): { text: string } | { code: CertificateCode } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code === 'ENOENT' ? `${kind}_NO_FILE` : `${kind}_UNREADABLE` };
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function parseChain(text: string): X509Certificate[] {
  try {
    return (text.match(BLOCK) ?? []).slice(0, MOST_AUTHORITIES).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function keyFinding(certificate: X509Certificate, path: string): CertificateFinding {
  const read = readPem(path, 'KEY');
  if ('code' in read) return problem('key', read.code, path);
  try {
    return certificate.checkPrivateKey(createPrivateKey(read.text)) ? good('key') : problem('key', 'KEY_OTHER', path);
  } catch {
    return problem('key', read.text.includes('ENCRYPTED') ? 'KEY_ENCRYPTED' : 'KEY_NO_PEM', path);
  }
}

function nameFinding(certificate: X509Certificate, host: string): CertificateFinding {
  const names = namesOf(certificate);
  if (certificate.checkHost(host) || names.includes(host)) return good('name');
  return { aspect: 'name', state: 'error', code: 'NAME_OTHER', fields: { host, names: names.join(', ') } };
}

function datesFinding(certificate: X509Certificate, now: Milliseconds): CertificateFinding {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  if (to < now) return { aspect: 'dates', state: 'error', code: 'DATES_EXPIRED', fields: { at: to } };
  if (from > now) return { aspect: 'dates', state: 'error', code: 'DATES_EARLY', fields: { at: from } };
  if (to - now > SOON) return good('dates');
  const days = Math.floor((to - now) / DAY);
  return { aspect: 'dates', state: 'warning', code: 'DATES_SOON', fields: { at: to, days } };
}

/** Whether everybody who trusts the usual authorities is led to one of them by what the file holds. */
function chainFinding(chain: readonly X509Certificate[], authorities: readonly string[]): CertificateFinding {
  const finding = (state: CertificateFinding['state'], code: CertificateCode): CertificateFinding => ({
    aspect: 'chain',
    state,
    code,
    fields: { issuer: commonName(chain.at(-1)?.issuer ?? '') },
  });
  const [first] = chain;
  if (!first || isSelfSigned(first)) return finding('warning', 'CHAIN_SELF_SIGNED');
  const isInOrder = chain.every((each, index) => {
    const next = chain[index + 1];
    return !next || (each.checkIssued(next) && each.verify(next.publicKey));
  });
  if (!isInOrder) return finding('error', 'CHAIN_ORDER');
  const last = chain.at(-1) ?? first;
  if (isTrusted(last, authorities)) return good('chain');
  return chain.length === 1 ? finding('error', 'CHAIN_INCOMPLETE') : finding('warning', 'CHAIN_UNKNOWN');
}

function isTrusted(last: X509Certificate, authorities: readonly string[]): boolean {
  return authorities.some((pem) => {
    const authority = new X509Certificate(pem);
    if (authority.fingerprint256 === last.fingerprint256) return true;
    return last.checkIssued(authority) && last.verify(authority.publicKey);
  });
}

/** What it vouches for itself with need not be made for vouching. */
const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);

const namesOf = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName.split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);

const commonName = (distinguished: string): string =>
  /^CN=(.+)$/m.exec(distinguished)?.[1] ?? /^O=(.+)$/m.exec(distinguished)?.[1] ?? distinguished;
