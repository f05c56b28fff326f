import type { CertificateFiles } from '../../../src-main/control/contract.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { CertificateChecks, CertificateFacts } from './certificate-checks.js';

/** Two files on the server's computer, judged while they are typed. */
export function CertificateFields({
  files,
  host,
  onChange,
}: {
  files: CertificateFiles;
  host: string;
  onChange(files: CertificateFiles): void;
}) {
  const text = useText();
  const settled = useSettled(files);
  const isComplete = settled.certificatePath !== '' && settled.privateKeyPath !== '';
  return (
    <div className="stack">
      <TextField
        label={text('certificate.file')}
        hint={text('certificate.file-hint')}
        value={files.certificatePath}
        onChange={(event) => onChange({ ...files, certificatePath: event.target.value })}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        label={text('certificate.key-file')}
        hint={text('certificate.key-file-hint')}
        value={files.privateKeyPath}
        onChange={(event) => onChange({ ...files, privateKeyPath: event.target.value })}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
      />
      {isComplete && <Judgement files={settled} host={host} />}
    </div>
  );
}

function Judgement({ files, host }: { files: CertificateFiles; host: string }) {
  const text = useText();
  const query = useQuery('connection.checkCertificate', { ...files, host });
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  if (query.state === 'loading') return null;
  return (
    <div className="card" aria-live="polite">
      <h2>{text('certificate.found')}</h2>
      <CertificateFacts view={query.value} />
      <CertificateChecks view={query.value} />
    </div>
  );
}
