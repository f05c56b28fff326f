import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Handshake, Probe, Reached } from '../../net/probe.js';
import type { Spot } from './find-server.js';
import type { CauseCode, Finding } from './steps.js';

export interface ReachServerDeps {
  readonly probe: Probe;
  readonly clock: Clock;
}

const DAY: Milliseconds = 86_400_000;
const ENDS_SOON = 14 * DAY;
/** What OpenSSL and Node call it. */
const TLS_CAUSES: Readonly<Record<string, CauseCode>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_NAME',
  CERT_HAS_EXPIRED: 'TLS_EXPIRED',
  CERT_NOT_YET_VALID: 'TLS_EARLY',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_SELF_SIGNED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_CHAIN',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_CHAIN',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_CHAIN',
  CERT_UNTRUSTED: 'TLS_CHAIN',
};

/** Whether somebody is at the addresses of a server, and who they show to be. */
export class ReachServer {
  constructor(private readonly deps: ReachServerDeps) {}

  /** @returns with the finding, the first that takes connections */
  async connection(spots: readonly Spot[]): Promise<{ finding: Finding; open: Spot | undefined }> {
    const { probe } = this.deps;
    const reached = await Promise.all(spots.map(({ address, place }) => probe.reach(address, place.port)));
    const evidence = reached.map((each, i) => `${whereOf(each, spots[i])}: ${each.failure ?? `open, ${each.took} ms`}`);
    const openAt = reached.findIndex(({ failure }) => failure === undefined);
    const good = reached.flatMap((each, i) => (each.failure === undefined ? [whereOf(each, spots[i])] : []));
    const bad = reached.flatMap((each, i) => (each.failure === undefined ? [] : [whereOf(each, spots[i])]));
    const where = bad.join(', ');
    if (openAt < 0) {
      const code = connectCause(reached);
      return { finding: { state: 'error', code, fields: { where }, evidence }, open: undefined };
    }
    const partly = bad.length === 0 ? {} : ({ code: 'CONNECT_SOME', fields: { where } } as const);
    const state = bad.length === 0 ? 'ok' : 'warning';
    return { finding: { state, ...partly, found: good.join(', '), evidence }, open: spots[openAt] };
  }

  async certificate({ place, address }: Spot): Promise<Finding> {
    const name = place.tls?.name ?? place.host;
    const shown = await this.deps.probe.handshake(address.address, place.port, name);
    const evidence = certificateEvidence(shown);
    const { certificate } = shown;
    const names = [...new Set([certificate?.subject ?? '', ...(certificate?.names ?? [])])].filter(
      (each) => each !== '',
    );
    const found = names.join(', ');
    const fields = { name, names: found, until: dateOf(certificate?.validTo), from: dateOf(certificate?.validFrom) };
    if (shown.failure !== undefined) {
      const code = TLS_CAUSES[shown.failure] ?? 'TLS_HANDSHAKE';
      if (certificate && place.tls?.isVerified === false) {
        return { state: 'warning', code: 'TLS_UNVERIFIED', fields, found, evidence };
      }
      return { state: 'error', code, fields, found, evidence };
    }
    const left = (certificate?.validTo ?? Number.POSITIVE_INFINITY) - this.deps.clock.now();
    if (left < ENDS_SOON) {
      const days = Math.max(0, Math.floor(left / DAY));
      return { state: 'warning', code: 'TLS_ENDS_SOON', fields: { ...fields, days }, found, evidence };
    }
    return { state: 'ok', fields, found, evidence };
  }
}

function whereOf({ address }: Reached, spot: Spot | undefined): string {
  return `${address.includes(':') ? `[${address}]` : address}:${spot?.place.port ?? ''}`;
}

/** The cause of the first that has one of those known. */
function connectCause(reached: readonly Reached[]): CauseCode {
  const failures = reached.map(({ failure }) => failure);
  if (failures.includes('ECONNREFUSED')) return 'CONNECT_REFUSED';
  if (failures.includes('TIMEOUT') || failures.includes('ETIMEDOUT')) return 'CONNECT_TIMEOUT';
  return 'CONNECT_FAILED';
}

const dateOf = (at: Milliseconds | undefined): string =>
  at === undefined || Number.isNaN(at) ? '?' : new Date(at).toISOString().slice(0, 10);

function certificateEvidence({ protocol, failure, certificate }: Handshake): string[] {
  const facts = certificate
    ? [
        `subject: ${certificate.subject || '-'}`,
        `issuer: ${certificate.issuer || '-'}`,
        `names: ${certificate.names.join(', ') || '-'}`,
        `valid: ${dateOf(certificate.validFrom)} to ${dateOf(certificate.validTo)}`,
      ]
    : [];
  return [`protocol: ${protocol ?? '-'}`, ...(failure === undefined ? [] : [`verification: ${failure}`]), ...facts];
}
