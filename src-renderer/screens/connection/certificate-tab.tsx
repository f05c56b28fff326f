import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { CertificateFiles, ConnectionState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Empty, Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { CertificateChecks, CertificateFacts } from './certificate-checks.js';
import { CertificateFields } from './certificate-fields.js';

/** What proves that this server is it: whose, until when, for which names; and another one instead. */
export function CertificateTab({ state }: { state: ConnectionState }) {
  const text = useText();
  const { certificate, choice, serverName } = state;
  if (!certificate) {
    const words = choice.mode === 'try' ? 'certificate.none-try' : 'certificate.none-front';
    return (
      <Empty icon={ShieldCheck} title={text('certificate.none')}>
        <p>{text(words)}</p>
      </Empty>
    );
  }
  return (
    <>
      <section className="card">
        <h2>{text('certificate.current')}</h2>
        {certificate.isOurs && <Notice tone="info">{text('certificate.ours')}</Notice>}
        <CertificateFacts view={certificate} />
        <CertificateChecks view={certificate} />
      </section>
      <ReplaceCard host={choice.host ?? serverName} />
    </>
  );
}

const NO_FILES: CertificateFiles = { certificatePath: '', privateKeyPath: '' };

function ReplaceCard({ host }: { host: string }) {
  const text = useText();
  const use = useAction('connection.useCertificate');
  const [files, setFiles] = useState(NO_FILES);
  const [isDone, setDone] = useState(false);
  const isEmpty = files.certificatePath === '' || files.privateKeyPath === '';
  const submit = async () => {
    if (isEmpty || !(await use.run(files))) return;
    setDone(true);
    setFiles(NO_FILES);
  };
  return (
    <section className="card">
      <h2>{text('certificate.replace')}</h2>
      <p className="soft">{text('certificate.replace-text')}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!use.isBusy) void submit();
        }}
      >
        <CertificateFields
          files={files}
          host={host}
          onChange={(changed) => {
            setDone(false);
            use.forget();
            setFiles(changed);
          }}
        />
        <div className="row">
          <Button kind="primary" type="submit" icon={ShieldCheck} isBusy={use.isBusy} disabled={isEmpty}>
            {text('certificate.use')}
          </Button>
        </div>
      </form>
      {use.error && <Failure error={use.error} />}
      {isDone && <Notice tone="good">{text('certificate.used')}</Notice>}
      <p className="small soft">{text('certificate.automatic')}</p>
    </section>
  );
}
