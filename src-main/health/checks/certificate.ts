import type { Clock } from '../../base/clock.js';
import type { ReachKind } from '../../config/reach.js';
import type { CertificatePaths } from '../../tls/certificate.js';
import { type CertificateFinding, type CertificateJudgement, judgeCertificate } from '../../tls/judge-certificate.js';
import type { Check, Finding } from '../check.js';
import { error, HOUR, MINUTE, NOT_APPLICABLE, ok, warning } from './finding.js';

export interface CertificateDeps {
  readonly reach: ReachKind;
  /** some listener speaks TLS */
  readonly isServed: boolean;
  readonly paths: CertificatePaths;
  /** the name by which the server is reached */
  readonly host: string;
  readonly clock: Clock;
}

/** Whether others can trust the certificate that this server serves, and for how long. */
export function certificateChecks(deps: CertificateDeps): Check[] {
  const judge = () => judgeCertificate(deps.paths, deps.host, deps.clock.now());
  return [
    {
      code: 'certificate',
      category: 'certificate',
      severity: 'high',
      dependsOn: [],
      timeToVisible: MINUTE,
      every: HOUR,
      actions: ['show-certificate'],
      probe: async () => (deps.isServed && deps.reach !== 'loopback' ? ownFinding(judge(), deps) : NOT_APPLICABLE),
    },
    {
      code: 'certificate-chain',
      category: 'certificate',
      severity: 'high',
      dependsOn: ['certificate'],
      timeToVisible: MINUTE,
      every: HOUR,
      actions: ['show-certificate'],
      probe: async () => (deps.isServed && deps.reach === 'direct' ? chainFinding(judge()) : NOT_APPLICABLE),
    },
  ];
}

/** Files, key, name and dates. */
function ownFinding({ facts, findings }: CertificateJudgement, { reach }: CertificateDeps): Finding {
  const matters = findings.filter(({ aspect }) => aspect !== 'chain' && (aspect !== 'name' || reach === 'direct'));
  const worst = matters.find(({ state }) => state === 'error') ?? matters.find(({ state }) => state === 'warning');
  const evidence = facts
    ? `${facts.names.join(', ')}\n${facts.issuer}\n${new Date(facts.validFrom).toISOString()} – ${new Date(facts.validTo).toISOString()}\n${facts.fingerprint}`
    : '';
  return worst ? toFinding(worst, evidence) : ok(facts ? { until: facts.validTo } : {}, evidence);
}

function chainFinding({ findings }: CertificateJudgement): Finding {
  const chain = findings.find(({ aspect }) => aspect === 'chain');
  return chain ? toFinding(chain, '') : NOT_APPLICABLE;
}

/** Days that go by make no other problem of it. */
function toFinding({ state, code, fields }: CertificateFinding, evidence: string): Finding {
  if (state === 'could-not-check') return { state, evidence };
  if (state === 'ok' || code === undefined) return ok(fields, evidence);
  const given = { evidence, value: `${code} ${fields['at'] ?? ''}` };
  return state === 'error' ? error(code, fields, given) : warning(code, fields, given);
}
