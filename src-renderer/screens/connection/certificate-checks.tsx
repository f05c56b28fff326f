import type { CertificateView } from '../../../src-main/control/contract.js';
import { CheckList } from '../../components/check-list.js';
import { isTextKey, type Text, useText } from '../../text/use-text.js';

/** Everything that has to be right about a certificate, line by line. */
export function CertificateChecks({ view }: { view: CertificateView }) {
  const text = useText();
  return (
    <CheckList
      label={text('certificate.checks')}
      lines={view.findings.map(({ aspect, state, code, fields }) => ({
        id: aspect,
        title: text(`certificate.aspect-${aspect}`),
        state,
        what: sentence(text, 'cause', code, fields),
        fix: sentence(text, 'fix', code, fields),
      }))}
    />
  );
}

function sentence(
  text: Text,
  kind: 'cause' | 'fix',
  code: string | undefined,
  { at, ...fields }: Readonly<Record<string, string | number>>,
): string | undefined {
  const key = `certificate.${kind}-${code}`;
  if (!isTextKey(key)) return undefined;
  return text(key, { ...fields, ...(typeof at === 'number' ? { at: text.date(at) } : {}) });
}

/** Whose it is, for which names, and until when. */
export function CertificateFacts({ view }: { view: CertificateView }) {
  const text = useText();
  const { facts } = view;
  if (!facts) return null;
  const lines: readonly (readonly [string, string])[] = [
    [text('certificate.names'), facts.names.join(', ')],
    [text('certificate.issuer'), facts.isSelfSigned ? text('certificate.self') : facts.issuer],
    [text('certificate.from'), text.date(facts.validFrom)],
    [text('certificate.until'), text.date(facts.validTo)],
    [text('certificate.file'), view.certificatePath],
    [text('certificate.key-file'), view.privateKeyPath],
    [text('certificate.fingerprint'), facts.fingerprint],
  ];
  return (
    <dl className="facts">
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="breakable">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
